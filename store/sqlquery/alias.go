package sqlquery

import (
	"time"

	"afterhours/store"
)

// AliasColumns are the columns of the table aliases after the tenant. The last two are null
// for a name that the operator gave.
const AliasColumns = "upn, user_id, learned_at, learned_by"

// AliasValues returns the tenant of an alias and the values of AliasColumns.
func AliasValues(user store.User) []any {
	values := []any{user.Tenant, user.UPN, user.User, nil, nil}
	if !user.LearnedAt.IsZero() {
		values[3], values[4] = user.LearnedAt.Unix(), user.LearnedBy
	}
	return values
}

// ScanAlias scans AliasColumns into an alias of the tenant.
func ScanAlias(tenant string, scan func(into ...any) error) (store.User, error) {
	user := store.User{Owner: store.Owner{Tenant: tenant}}
	var at *int64
	var by *string
	if err := scan(&user.UPN, &user.User, &at, &by); err != nil {
		return store.User{}, err
	}
	if at != nil && by != nil {
		user.LearnedAt, user.LearnedBy = time.Unix(*at, 0).UTC(), *by
	}
	return user, nil
}
