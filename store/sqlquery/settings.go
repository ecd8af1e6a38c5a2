package sqlquery

import (
	"fmt"

	"afterhours/store"
)

// SettingsColumns are those of the table settings behind its key, in the order of
// SettingsFields.
const SettingsColumns = "has_graph_mailbox, has_license, has_opted_out"

// SettingsOrDefaults are SettingsColumns of a row that an outer join may not have found.
var SettingsOrDefaults = fmt.Sprintf("coalesce(has_graph_mailbox, %t), coalesce(has_license, %t), coalesce(has_opted_out, %t)",
	store.DefaultSettings.HasGraphMailbox, store.DefaultSettings.HasLicense, store.DefaultSettings.HasOptedOut)

// SettingsFields returns what SettingsColumns are scanned into.
func SettingsFields(s *store.Settings) []any {
	return []any{&s.HasGraphMailbox, &s.HasLicense, &s.HasOptedOut}
}
