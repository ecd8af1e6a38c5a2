package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store/bulk"
)

// maxRefused is how many faults of rows a response names: maxItems of refused in the contract.
const maxRefused = 1000

// Seed stores the rows of a text. The content type is one of the contract's.
func (s *Service) Seed(ctx context.Context, params api.SeedParams, contentType string, text []byte) (*api.Seeded, error) {
	tenant := s.Tenant
	if params.Tenant != nil {
		tenant = strings.ToLower(*params.Tenant)
	}
	rows, err := s.read(contentType, text, tenant)
	if err != nil {
		return nil, err
	}
	refused := []api.RowFault{}
	counts, err := bulk.Import(ctx, s.Store, rows, func(row bulk.Row) error {
		for _, fault := range row.Faults {
			if len(refused) < maxRefused {
				refused = append(refused, rowFault(row.Line, fault))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.Seeded{Created: int32(counts.Created), Replaced: int32(counts.Replaced), Unchanged: int32(counts.Unchanged), Refused: refused}, nil
}

// read returns the rows of a text. The error is a problem with the header of CSV.
func (s *Service) read(contentType string, text []byte, tenant string) (bulk.Source, error) {
	if contentType != "text/csv" {
		return s.Exchange.JSONLines(bytes.NewReader(text), 1), nil
	}
	rows, err := s.Exchange.CSV(bytes.NewReader(text), tenant, 1)
	if err != nil {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, "", "The CSV cannot be read: %s.", err))
	}
	return refuseUnreadable(rows), nil
}

// refuseUnreadable returns the rows with a problem in place of the error that ends an unreadable text.
func refuseUnreadable(rows bulk.Source) bulk.Source {
	return func() (func() bulk.Row, error) {
		read, err := rows()
		if err != nil && !errors.Is(err, io.EOF) {
			err = problem.Invalid(problem.Fault(gen.InvalidValue, "", "The CSV cannot be read further: %s. The rows before it may be stored.", err))
		}
		return read, err
	}
}

func rowFault(line int, fault bulk.Fault) api.RowFault {
	described := api.RowFault{Line: int32(line), Reason: fault.Reason}
	if fault.Property != "" {
		described.Property = &fault.Property
	}
	return described
}
