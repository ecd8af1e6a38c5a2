package sqlquery

import (
	"fmt"

	"afterhours/store"
)

// SettingsColumns are the columns of the table settings after its key, in the order of
// SettingsFields.
const SettingsColumns = "has_graph_mailbox, has_license, has_opted_out"

// SettingsOrDefaults are SettingsColumns after an outer join, which may have found no row.
var SettingsOrDefaults = fmt.Sprintf("coalesce(has_graph_mailbox, %t), coalesce(has_license, %t), coalesce(has_opted_out, %t)",
	store.DefaultSettings.HasGraphMailbox, store.DefaultSettings.HasLicense, store.DefaultSettings.HasOptedOut)

// SettingsFields returns the targets into which SettingsColumns are scanned.
func SettingsFields(s *store.Settings) []any {
	return []any{&s.HasGraphMailbox, &s.HasLicense, &s.HasOptedOut}
}
