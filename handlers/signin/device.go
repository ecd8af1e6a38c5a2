package signin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"afterhours/store"
)

const (
	deviceLifetime = 15 * time.Minute
	// deviceInterval is how many seconds a client waits between two attempts. Entra ID says 5; a test
	// should not wait that long.
	deviceInterval = 1
)

// device is a device that waits for a person to approve its sign-in.
type device struct {
	signIn
	userCode string
	expires  time.Time
	state    deviceState
}

type deviceState int

const (
	deviceWaits deviceState = iota
	deviceApproved
	deviceDenied
	deviceRedeemed
)

// ErrNoDevice is the error for a user code that no device waits with.
var ErrNoDevice = errors.New("no device waits with this code")

// deviceCode begins a sign-in that another device approves (RFC 8628, 3.1).
func (s *Service) deviceCode(call *Call) (*response, error) {
	if err := s.checkOrigin(call, ""); err != nil {
		return nil, err
	}
	tenant, err := s.tenant(call)
	if err != nil {
		return nil, err
	}
	values, err := form(call)
	if err != nil {
		return nil, err
	}
	client, err := s.client(values)
	if err != nil {
		return nil, err
	}
	granted, err := userScopes(values.Get("scope"))
	if err != nil {
		return nil, err
	}
	waiting := device{
		signIn:   signIn{person: person{Tenant: tenant}, Client: client.ID, Scopes: granted},
		userCode: newUserCode(), expires: s.Now().Add(deviceLifetime),
	}
	code := newSecret()
	s.devices.add(code, waiting)
	where := call.Origin + "/" + tenant + "/oauth2/v2.0/deviceauth"
	return jsonResponse(http.StatusOK, map[string]any{
		"device_code":      code,
		"user_code":        waiting.userCode,
		"verification_uri": where,
		"expires_in":       int(deviceLifetime / time.Second),
		"interval":         deviceInterval,
		"message":          "To sign in, open the page " + where + " and enter the code " + waiting.userCode + ". A test approves it by POST /control/sign-ins/" + waiting.userCode + "/approve.",
	}), nil
}

// byDeviceCode redeems a device code (RFC 8628, 3.4).
func (s *Service) byDeviceCode(r *grantRequest) (*response, error) {
	code, err := required(r.values, "device_code")
	if err != nil {
		return nil, err
	}
	var in signIn
	err = s.devices.with(code, func(found *device) error {
		if err := s.checkDevice(r, found); err != nil {
			return err
		}
		found.state, in = deviceRedeemed, found.signIn
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.mintForUser(r.Call, in, r.requested)
}

// checkDevice refuses a request that may not redeem the code yet or at all. The device is nil if there is
// none.
func (s *Service) checkDevice(r *grantRequest, found *device) error {
	switch {
	case found == nil || found.Client != r.client.ID || found.Tenant != r.tenant:
		return errDevice.refuse("The device_code is not one of this server, or was issued to another client or for another tenant.")
	case found.state == deviceRedeemed:
		return errRedeemed.refuse("The device_code was already redeemed. Begin again.")
	case s.isOver(found.expires):
		return errDeviceExpired.refuse("The device_code has expired. Begin again.")
	case found.state == deviceDenied:
		return errDeclined.refuse("The person has declined to sign in.")
	case found.state == deviceWaits:
		return errPending.refuse("The code has not been approved yet.")
	}
	return nil
}

// Approve lets the device with the user code sign in a user of the tenant in which the device waits: user,
// an object id, with the name upn if there is one, or else the user whom upn names. If both are "", it is the
// user who can always sign in. The error is ErrNoDevice if no device waits, and store.ErrNotFound if the
// tenant has no user of that name.
func (s *Service) Approve(ctx context.Context, userCode, user, upn string) error {
	tenant, err := s.waitingTenant(userCode)
	if err != nil {
		return err
	}
	who, err := s.person(ctx, tenant, cmp.Or(user, upn, s.User))
	if refused := new(refusal); errors.As(err, &refused) {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	if upn != "" {
		who.UPN = strings.ToLower(upn)
	}
	return s.approve(userCode, who)
}

func (s *Service) approve(userCode string, who person) error {
	return s.decide(userCode, func(waiting *device) { waiting.state, waiting.person = deviceApproved, who })
}

// waitingTenant returns the tenant in which a device waits with a user code.
func (s *Service) waitingTenant(userCode string) (tenant string, err error) {
	err = s.decide(userCode, func(waiting *device) { tenant = waiting.Tenant })
	return tenant, err
}

// Deny refuses the sign-in of the device with the user code. The error is ErrNoDevice if none waits.
func (s *Service) Deny(userCode string) error {
	return s.decide(userCode, func(waiting *device) { waiting.state = deviceDenied })
}

// decide changes the device that waits with a user code.
func (s *Service) decide(userCode string, change func(*device)) error {
	userCode = strings.ToUpper(userCode)
	key := s.devices.find(func(d *device) bool { return d.userCode == userCode })
	return s.devices.with(key, func(waiting *device) error {
		if waiting == nil || waiting.state != deviceWaits || s.isOver(waiting.expires) {
			return ErrNoDevice
		}
		change(waiting)
		return nil
	})
}
