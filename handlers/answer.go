package handlers

import (
	"net/http"
)

// answer is a successful answer. It stands for every response that gen knows of:
// which statuses, headers and bodies an operation may answer depends on Prefer and
// If-None-Match, and is the contract's to say, against which every test holds
// every answer.
type answer struct {
	status      int
	etag        string
	location    string // of what was created
	preference  string // Preference-Applied
	contentType string
	body        []byte
}

func (a *answer) write(w http.ResponseWriter) error {
	header := w.Header()
	if a.etag != "" {
		header["ETag"] = []string{a.etag} // spelt as in the RFC
	}
	if a.location != "" {
		header.Set("Location", a.location)
		if a.status == http.StatusNoContent {
			header["OData-EntityId"] = []string{a.location} // OData 8.3.4
		}
	}
	if a.preference != "" {
		header.Set("Preference-Applied", a.preference)
		header.Set("Vary", "Prefer")
	}
	if a.contentType != "" {
		header.Set("Content-Type", a.contentType)
	}
	w.WriteHeader(a.status)
	_, err := w.Write(a.body)
	return err
}

func (a *answer) VisitListMyStatisticsResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a *answer) VisitListUserStatisticsResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a *answer) VisitCountMyStatisticsResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a *answer) VisitCountUserStatisticsResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitGetMyStatisticResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a *answer) VisitGetUserStatisticResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a *answer) VisitCreateMyStatisticResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a *answer) VisitCreateUserStatisticResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitUpdateMyStatisticResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a *answer) VisitUpdateUserStatisticResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitDeleteMyStatisticResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a *answer) VisitDeleteUserStatisticResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitGetMySettingsResponse(w http.ResponseWriter) error          { return a.write(w) }
func (a *answer) VisitGetUserSettingsResponse(w http.ResponseWriter) error        { return a.write(w) }
func (a *answer) VisitGetServiceDocumentResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a *answer) VisitGetMetadataResponse(w http.ResponseWriter) error            { return a.write(w) }
func (a *answer) VisitRunBatchResponse(w http.ResponseWriter) error               { return a.write(w) }
func (a *answer) VisitGetMyStatisticPropertyResponse(w http.ResponseWriter) error { return a.write(w) }
func (a *answer) VisitGetUserStatisticPropertyResponse(w http.ResponseWriter) error {
	return a.write(w)
}
func (a *answer) VisitGetMyStatisticPropertyValueResponse(w http.ResponseWriter) error {
	return a.write(w)
}
func (a *answer) VisitGetUserStatisticPropertyValueResponse(w http.ResponseWriter) error {
	return a.write(w)
}
func (a *answer) VisitUpdateMySettingsResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitUpdateUserSettingsResponse(w http.ResponseWriter) error  { return a.write(w) }
func (a *answer) VisitGetMyAnalyticsResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a *answer) VisitGetUserAnalyticsResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a *answer) VisitUpdateMyAnalyticsResponse(w http.ResponseWriter) error   { return a.write(w) }
func (a *answer) VisitUpdateUserAnalyticsResponse(w http.ResponseWriter) error { return a.write(w) }
