package command

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/handlers"
)

// settings sets the flags of one command line.
type settings struct {
	// keepFaults has a value that is refused among the arguments kept in faults. Otherwise it ends the
	// command line at once.
	keepFaults bool
	faults     []error
}

// complete sets the flags that are not among the arguments: from the environment, or else from the file
// of --config. With --check it returns no error, and faults has what is wrong.
func (s *settings) complete(command *cobra.Command, environ []string) error {
	flags := command.Flags()
	s.keepFaults = false // apply keeps those of the other places, with their places
	s.faults = append(s.faults, apply(flags, fromEnvironment(environ))...)
	if config := flags.Lookup("config"); config != nil && config.Value.String() != "" {
		file, faults := readConfig(config.Value.String(), serveFlags(command.Root()))
		s.faults = append(s.faults, faults...)
		s.faults = append(s.faults, apply(flags, func(flag *pflag.Flag) setting { return file[flag.Name] })...)
	}
	if isChecking(flags) {
		return nil
	}
	return errors.Join(s.faults...)
}

// isChecking reports whether the command line is one of serve --check.
func isChecking(flags *pflag.FlagSet) bool {
	check := flags.Lookup("check")
	return check != nil && check.Value.String() == "true"
}

// once is the value of a flag that may be given once.
type once struct {
	pflag.Value
	settings *settings
	name     string // of the flag
	isSet    bool
	refused  bool // whether a fault is kept, and the value is not the one given
}

var errTwice = errors.New("it is given twice")

// Set sets the value, and refuses to do so again.
func (o *once) Set(text string) error {
	err := errTwice
	if !o.isSet {
		err = o.Value.Set(text)
	}
	if err == nil || o.settings.keepFaults {
		o.isSet = true
	}
	if err == nil || !o.settings.keepFaults {
		return err
	}
	o.refused = true
	o.settings.faults = append(o.settings.faults, valueFault(o.name, o.Type(), text, err))
	return nil
}

// refuseRepeats has the flags of the command and of those below it refuse a second value,
// except for flags that hold a list.
func (s *settings) refuseRepeats(command *cobra.Command) {
	refuse := func(flag *pflag.Flag) {
		if !holdsList(flag) {
			flag.Value = &once{Value: flag.Value, settings: s, name: flag.Name}
		}
	}
	command.Flags().VisitAll(refuse)
	command.PersistentFlags().VisitAll(refuse)
	for _, child := range command.Commands() {
		s.refuseRepeats(child)
	}
}

// settle puts in what the flags leave open, and returns everything that is wrong with them by
// themselves: it reads no file and asks no network.
func (c *Config) settle() (faults []error) {
	addr, addrErr := listenAddress("addr", c.Addr)
	publicErr := c.checkPublicURL()
	faults = []error{c.TLS.check(), c.StoreFlags.check(), c.IssuerFlags.check(), c.AdminFlags.check(), publicErr, checkLimit(c.Limit), c.checkNew(), addrErr}
	if addrErr == nil && publicErr == nil {
		var controlErr error
		c.Addr = addr
		c.Control, controlErr = c.control()
		faults = append(faults, controlErr, c.checkClients())
	}
	return slices.DeleteFunc(faults, func(err error) bool { return err == nil })
}

func (c *Config) checkPublicURL() error {
	if err := handlers.CheckPublicURL(c.PublicURL); err != nil {
		return usagef("--public-url %s: %w", hideUser(c.PublicURL), err)
	}
	return nil
}
