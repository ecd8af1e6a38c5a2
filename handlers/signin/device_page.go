package signin

import (
	"errors"
	"net/http"
)

// devicePage shows the page on which a person enters the code of a device and picks a user (RFC 8628, 3.3).
func (s *Service) devicePage(call *Call) (*response, error) {
	return s.askForCode(call, http.StatusOK, "", "")
}

// approveDevice takes the code and the user.
func (s *Service) approveDevice(call *Call) (*response, error) {
	if err := s.checkOrigin(call, call.Origin); err != nil {
		return s.refusalPage(call, err), nil
	}
	values, err := form(call)
	if err != nil {
		return s.refusalPage(call, err), nil
	}
	code := values.Get("user_code")
	text := "The device signs in now. You can close this page."
	if values.Has("cancel") {
		text = "The device does not sign in. You can close this page."
		err = s.Deny(code)
	} else {
		err = s.approveAs(call, code, values.Get("user"), values.Get("username"))
	}
	switch {
	case errors.Is(err, ErrNoDevice):
		return s.askForCode(call, http.StatusBadRequest, code, "No device waits with this code.")
	case err != nil:
		return s.askForCode(call, http.StatusBadRequest, code, call.refusalOf(err).text)
	}
	return render(http.StatusOK, formPage{Title: "Done", Text: text}, ""), nil
}

func (s *Service) approveAs(call *Call, code, user, typed string) error {
	tenant, err := s.waitingTenant(code)
	if err != nil {
		return err
	}
	who, err := s.picked(call, tenant, user, typed)
	if err != nil {
		return err
	}
	return s.approve(code, who)
}

func (s *Service) askForCode(call *Call, status int, code, wrong string) (*response, error) {
	tenant, err := s.tenant(call)
	if err != nil {
		return s.refusalPage(call, err), nil
	}
	page := formPage{Text: "Enter the code that the device shows. " + noPassword, Wrong: wrong, Code: &code}
	return s.renderPicker(call, tenant, status, page, "")
}
