package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"afterhours/handlers/auth"
	"afterhours/handlers/spec"
	"afterhours/store"
)

// tokenCommand mints a token with the key of the data folder, which a server on
// the same folder trusts. No server need be running.
func tokenCommand() *cobra.Command {
	var data string
	claims := auth.Claims{}
	command := &cobra.Command{
		Use:   "token",
		Short: "Print a token that a server on the same data folder accepts",
		Long: `Print a token that a server on the same data folder accepts.

--scope makes it a user's (Analytics.Read, Analytics.ReadWrite), --role an
application's (Analytics.Read.All, Analytics.ReadWrite.All). A negative --expires
makes a token that has expired.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if len(claims.Scopes) == 0 && len(claims.Roles) == 0 {
				claims.Scopes = []string{"Analytics.ReadWrite"}
			}
			if err := os.MkdirAll(data, 0o700); err != nil {
				return fmt.Errorf("--data: %w", err)
			}
			issuer, err := auth.OpenLocalIssuer(data)
			if err != nil {
				return err
			}
			token, err := issuer.Mint(claims, time.Now())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), token)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&data, "data", "./afterhours-data", "folder of the key that signs")
	flags.StringVar(&claims.Tenant, "tenant", demoTenant, "tenant (tid), a GUID")
	flags.StringVar(&claims.User, "user", demoUser, "object id (oid) of the user or of the application, a GUID")
	flags.StringVar(&claims.UPN, "upn", "", "user principal name")
	flags.StringSliceVar(&claims.Scopes, "scope", nil, "delegated permissions, separated by commas (Analytics.ReadWrite if neither --scope nor --role is given)")
	flags.StringSliceVar(&claims.Roles, "role", nil, "application permissions, separated by commas")
	flags.DurationVar(&claims.Expires, "expires", time.Hour, "how long it is valid")
	return command
}

// userCommand keeps the aliases by which /users/{name} finds a user.
func userCommand() *cobra.Command {
	var at place
	var user store.User
	parent := &cobra.Command{
		Use:   "user",
		Short: "Add, list or remove names of users (a user needs none: any object id may own statistics)",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return fmt.Errorf("say add, list or remove; %w", errUsage) },
	}
	parent.PersistentFlags().StringVar(&user.Tenant, "tenant", demoTenant, "tenant (tid), a GUID")
	at.addFlags(parent.PersistentFlags())

	add := &cobra.Command{Use: "add", Short: "Let --upn name the user --id, whomever it named before", Args: cobra.NoArgs}
	add.RunE = inStore(&at, &user, func(ctx context.Context, in store.Store, _ io.Writer) error {
		if err := checkGUID("--id", &user.User); err != nil {
			return err
		}
		known, err := spec.Load(contract)
		if err != nil {
			return err
		}
		if err := known.CheckUserName(user.UPN); err != nil {
			return fmt.Errorf("--upn: %w; %w", err, errUsage)
		}
		return in.PutUser(ctx, user, true)
	})
	add.Flags().StringVar(&user.User, "id", "", "object id (oid) of the user, a GUID")

	list := &cobra.Command{Use: "list", Short: "Print the object id and name of every alias of the tenant", Args: cobra.NoArgs}
	list.RunE = inStore(&at, &user, func(ctx context.Context, in store.Store, out io.Writer) error {
		const page = 1000
		last := ""
		for {
			users, err := in.Users(ctx, user.Tenant, last, page)
			for _, one := range users {
				fmt.Fprintln(out, one.User, one.UPN)
				last = one.UPN
			}
			if err != nil || len(users) < page {
				return err
			}
		}
	})

	remove := &cobra.Command{Use: "remove", Short: "Forget the name --upn; the user's statistics stay", Args: cobra.NoArgs}
	remove.RunE = inStore(&at, &user, func(ctx context.Context, in store.Store, _ io.Writer) error {
		err := in.DeleteUser(ctx, user.Tenant, user.UPN)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("the tenant %s knows no user %q", user.Tenant, user.UPN)
		}
		return err
	})
	for _, command := range []*cobra.Command{add, remove} {
		command.Flags().StringVar(&user.UPN, "upn", "", "user principal name")
		_ = command.MarkFlagRequired("upn") // fails for a flag that is not there
	}
	_ = add.MarkFlagRequired("id")
	parent.AddCommand(add, list, remove)
	return parent
}

// checkGUID holds the value of a flag to be a GUID, and puts it in lower case.
func checkGUID(flag string, value *string) error {
	parsed, err := uuid.Parse(*value)
	if err != nil {
		return fmt.Errorf("%s %q is no GUID, as %s is one; %w", flag, *value, demoUser, errUsage)
	}
	*value = parsed.String()
	return nil
}

// inStore returns the run of a command that does its work in the opened store,
// with the tenant checked and the name in lower case.
func inStore(at *place, user *store.User, work func(context.Context, store.Store, io.Writer) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, _ []string) (err error) {
		if at.store == "memory" {
			return fmt.Errorf("--store memory keeps nothing beyond a process: names need a store that does; %w", errUsage)
		}
		if err := checkGUID("--tenant", &user.Tenant); err != nil {
			return err
		}
		user.UPN = strings.ToLower(user.UPN)
		opened, err := at.open(command.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, opened.Close()) }()
		return work(command.Context(), opened, command.OutOrStdout())
	}
}

// healthCommand asks a server whether it is ready, for probes without a shell.
func healthCommand() *cobra.Command {
	var addr, ca string
	command := &cobra.Command{
		Use:   "health",
		Short: "Exit 0 if the server is ready",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), 5*time.Second)
			defer cancel()
			if !strings.Contains(addr, "://") {
				addr = "http://" + addr // as serve takes it
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(addr, "/")+"/readyz", nil)
			if err != nil {
				return fmt.Errorf("--addr: %w; %w", err, errUsage)
			}
			client := http.DefaultClient
			if ca != "" {
				config, err := trusting(ca)
				if err != nil {
					return fmt.Errorf("--ca: %w", err)
				}
				transport := &http.Transport{TLSClientConfig: config}
				defer transport.CloseIdleConnections()
				client = &http.Client{Transport: transport}
			}
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("%s is not ready: %s", addr, response.Status)
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), "ready")
			return err
		},
	}
	command.Flags().StringVar(&addr, "addr", "http://127.0.0.1:8080", "URL of the server, or its host and port")
	command.Flags().StringVar(&ca, "ca", "", "PEM file of the authority to trust for https, as tls-ca.pem of the server's data folder")
	return command
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of what it is made of",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			version, revision := "unknown", ""
			if info, ok := debug.ReadBuildInfo(); ok {
				version = info.Main.Version
				for _, setting := range info.Settings {
					if setting.Key == "vcs.revision" {
						revision = " " + setting.Value
					}
				}
			}
			_, err := fmt.Fprintf(command.OutOrStdout(), "afterhours %s%s %s %s/%s\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
