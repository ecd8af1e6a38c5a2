package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"afterhours/handlers/auth"
	"afterhours/handlers/control"
)

// The permissions that operations of the contract ask for.
var (
	userPermissions        = []string{"Analytics.Read", "Analytics.ReadWrite"}                       // --scope
	applicationPermissions = []string{"Analytics.Read.All", "Analytics.ReadWrite.All", control.Role} // --role
)

// tokenCommand mints a token with the key in the data folder. It needs no running server.
func tokenCommand() *cobra.Command {
	var data string
	var answersClaims bool
	claims := auth.Claims{}
	command := &cobra.Command{
		Use:   "token",
		Short: "Print a token that a server on the same data folder accepts",
		Long: `Print a token that a server on the same data folder accepts.

With --scope it is the token of a user (Analytics.Read, Analytics.ReadWrite), with
--role that of an application (Analytics.Read.All, Analytics.ReadWrite.All). The role
Afterhours.Control is for the API by which tests steer a server (serve --control).
A negative --expires makes a token that has expired. With --cae the token says that its
client can answer a claims challenge; no other token gets one (serve --control, faults).`,
		Example: `  afterhours token
  afterhours token --user 0f8fad5b-d9cb-469f-a165-70867728950e --scope Analytics.Read
  afterhours token --role Analytics.ReadWrite.All
  afterhours token --cae
  afterhours token --expires=-1h`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkClaims(&claims); err != nil {
				return err
			}
			if len(claims.Scopes) == 0 && len(claims.Roles) == 0 {
				claims.Scopes = []string{"Analytics.ReadWrite"}
			}
			if answersClaims {
				claims.Capabilities = []string{auth.AnswersClaims}
			}
			warnOfPermissions("--scope", claims.Scopes, userPermissions, command.ErrOrStderr())
			warnOfPermissions("--role", claims.Roles, applicationPermissions, command.ErrOrStderr())
			issuer, err := openIssuer(data, command.ErrOrStderr())
			if err != nil {
				return err
			}
			token, err := issuer.Mint(claims, time.Now())
			if err != nil {
				return usagef("%w", err)
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), token)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&data, "data", dataFolder, "folder of the key that signs")
	flags.StringVar(&claims.Tenant, "tenant", demoTenant, "tenant (tid), a GUID")
	flags.StringVar(&claims.User, "user", demoUser, "object id (oid) of the user or of the application, a GUID")
	flags.StringVar(&claims.UPN, "upn", "", "user principal name")
	flags.StringSliceVar(&claims.Scopes, "scope", nil, "delegated permissions, separated by commas (Analytics.ReadWrite if neither --scope nor --role is given)")
	flags.StringSliceVar(&claims.Roles, "role", nil, "application permissions, separated by commas")
	flags.BoolVar(&answersClaims, "cae", false, "the client can answer a claims challenge of continuous access evaluation (xms_cc has cp1)")
	claims.Expires = time.Hour
	flags.Var((*lifetime)(&claims.Expires), "expires", "how long it is valid, as in 30m, 12h or 7d")
	return command
}

// checkClaims checks the flags of a token.
func checkClaims(claims *auth.Claims) error {
	if err := checkGUID("--tenant", &claims.Tenant); err != nil {
		return err
	}
	if err := checkGUID("--user", &claims.User); err != nil {
		return err
	}
	switch {
	case len(claims.Scopes) > 0 && len(claims.Roles) > 0:
		return usagef("--scope is for a user and --role for an application: give one of them, not both")
	case len(claims.Roles) > 0 && claims.UPN != "":
		return usagef("--upn %s: the token of an application has no name; leave out --upn, or give --scope instead of --role", claims.UPN)
	case claims.Expires.Truncate(time.Second) == 0:
		return usagef("--expires %v: it must be at least 1s, or at most -1s for a token that has expired already", claims.Expires)
	}
	return nil
}

// openIssuer opens the issuer of an existing data folder. If the folder has no key yet, it
// creates one and says so: no server that runs elsewhere accepts the tokens of a new key.
func openIssuer(data string, stderr io.Writer) (*auth.LocalIssuer, error) {
	if err := needFolder(data); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(filepath.Join(data, auth.KeyFile))
	if err != nil {
		return nil, err
	}
	_, missing := os.Stat(path)
	issuer, err := auth.OpenLocalIssuer(data)
	if err == nil && errors.Is(missing, fs.ErrNotExist) {
		fmt.Fprintf(stderr, "created the key %s; only a server on this folder accepts the token\n", path)
	}
	return issuer, err
}

// warnOfPermissions says which of the permissions of a flag open nothing. Such a token may be
// what a test needs, so it is no error.
func warnOfPermissions(flag string, names, known []string, stderr io.Writer) {
	for _, name := range names {
		if !slices.Contains(known, name) {
			fmt.Fprintf(stderr, "%s %s: no operation asks for this permission; --scope takes %s, --role takes %s%s\n",
				flag, name, strings.Join(userPermissions, " or "), strings.Join(applicationPermissions, " or "), didYouMean(name, "", known))
		}
	}
}
