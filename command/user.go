package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"afterhours/handlers/spec"
	"afterhours/store"
)

// userCommand changes and lists the aliases by which /users/{name} finds a user.
func userCommand(contract []byte) *cobra.Command {
	var flags StoreFlags
	var user store.User
	parent := &cobra.Command{
		Use:   "user",
		Short: "Add, list or remove names of users (a user needs none: any object id may own statistics)",
		Example: `  afterhours user add --id 0f8fad5b-d9cb-469f-a165-70867728950e --upn adele@example.com
  afterhours user list
  afterhours user remove --upn adele@example.com`,
		Args: commandOnly,
		RunE: func(*cobra.Command, []string) error { return usagef("say add, list or remove") },
	}
	parent.PersistentFlags().StringVar(&user.Tenant, "tenant", demoTenant, "tenant (tid), a GUID")
	flags.add(parent.PersistentFlags())

	add := &cobra.Command{Use: "add", Short: "Give the name --upn to the user --id, and take it from any other user", Args: noArguments,
		Example: "  afterhours user add --id 0f8fad5b-d9cb-469f-a165-70867728950e --upn adele@example.com"}
	add.RunE = userRun(&flags, &user, func(ctx context.Context, to store.Store, user store.User, _ io.Writer) error {
		return addUser(ctx, contract, to, user)
	})
	add.Flags().StringVar(&user.User, "id", "", "object id (oid) of the user, a GUID")
	list := &cobra.Command{Use: "list", Short: "Print the object id and name of every alias of the tenant, and when and by which issuer it was learned", Args: noArguments,
		Example: "  afterhours user list --tenant 7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"}
	list.RunE = userRun(&flags, &user, listUsers)
	remove := &cobra.Command{Use: "remove", Short: "Remove the name --upn; the user's statistics stay", Args: noArguments,
		Example: "  afterhours user remove --upn adele@example.com"}
	remove.RunE = userRun(&flags, &user, removeUser)
	for _, command := range []*cobra.Command{add, remove} {
		command.Flags().StringVar(&user.UPN, "upn", "", "user principal name")
	}
	parent.AddCommand(add, list, remove)
	return parent
}

// userRun returns the run of a command that works on the opened store. Before that it
// checks the tenant and puts the name in lower case.
func userRun(flags *StoreFlags, user *store.User, work func(context.Context, store.Store, store.User, io.Writer) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, _ []string) error {
		if err := needFlags(command, "id", "upn"); err != nil {
			return err
		}
		if err := checkGUID("--tenant", &user.Tenant); err != nil {
			return err
		}
		user.UPN = strings.ToLower(user.UPN)
		return flags.withStore(command.Context(), func(opened store.Store) error {
			return work(command.Context(), opened, *user, command.OutOrStdout())
		})
	}
}

// addUser gives the name to the user if the contract allows it in a URL.
func addUser(ctx context.Context, contract []byte, to store.Store, user store.User) error {
	if err := checkGUID("--id", &user.User); err != nil {
		return err
	}
	loaded, err := spec.Load(contract)
	if err != nil {
		return err
	}
	if err := loaded.CheckUserName(user.UPN); err != nil {
		return usagef("--upn: %w", err)
	}
	return to.PutUser(ctx, user, true)
}

func listUsers(ctx context.Context, from store.Store, user store.User, out io.Writer) error {
	const pageSize = 1000
	last := ""
	for {
		page, err := from.Users(ctx, user.Tenant, last, pageSize)
		for _, listed := range page {
			fmt.Fprintln(out, listed.User, listed.UPN+learned(listed))
			last = listed.UPN
		}
		if err != nil || len(page) < pageSize {
			return err
		}
	}
}

// learned returns when and by which issuer a name was learned, "" for a name that the
// operator gave.
func learned(user store.User) string {
	if user.LearnedBy == "" {
		return ""
	}
	return " " + user.LearnedAt.Format(time.RFC3339) + " " + user.LearnedBy
}

func removeUser(ctx context.Context, from store.Store, user store.User, _ io.Writer) error {
	err := from.DeleteUser(ctx, user.Tenant, user.UPN)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("the tenant %s has no user %q", user.Tenant, user.UPN)
	}
	return err
}
