package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store"
)

// knowUsers stores users of the tenant, one with statistics, one with settings, and two with names. It
// returns their ids in their order. The last one has two names.
func (ts *testServer) knowUsers() []string {
	ts.t.Helper()
	ctx := ts.t.Context()
	ids := make([]string, 4)
	owners := make([]store.Owner, len(ids))
	for i := range ids {
		ids[i] = fmt.Sprintf("0000000%d-1111-4111-8111-111111111111", i+1)
		owners[i] = store.Owner{Tenant: tenant, User: ids[i]}
	}
	_, _, putErr := ts.store.Put(ctx, store.Key{Owner: owners[0], ID: "a"}, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
	_, settingsErr := ts.store.UpdateSettings(ctx, owners[1], store.SettingsChange{HasOptedOut: store.Of(true)})
	errs := []error{putErr, settingsErr}
	for _, user := range []store.User{
		{Owner: owners[2], UPN: "z@example.com"}, {Owner: owners[3], UPN: "b@example.com"}, {Owner: owners[3], UPN: "a@example.com"},
		{Owner: store.Owner{Tenant: otherTenant, User: lee}, UPN: "other@example.com"},
	} {
		errs = append(errs, ts.store.PutUser(ctx, user, false))
	}
	for _, err := range errs {
		if err != nil {
			ts.t.Fatal(err)
		}
	}
	return ids
}

// TestListUsers checks the users of a tenant, page by page, with $filter, $count, $select and $expand.
func TestListUsers(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ids := ts.knowUsers()
		c := testClient{ts, ts.appToken("Analytics.Read.All")}
		got := c.send("GET", "/beta/users", "").want(t, 200)
		want := `{"@odata.context":"` + ts.url + `/beta/$metadata#users","value":[{"id":"` + ids[0] + `","userPrincipalName":null},{"id":"` + ids[1] +
			`","userPrincipalName":null},{"id":"` + ids[2] + `","userPrincipalName":"z@example.com"},{"id":"` + ids[3] + `","userPrincipalName":"a@example.com"}]}`
		if got.text != want {
			t.Errorf("\n got %s\nwant %s", got.text, want)
		}
		for query, row := range map[string]struct {
			want  []string
			count any
		}{
			"$top=1&$count=true&$select=id":                                                   {ids, 4.0},
			"$top=3&$orderby=id%20asc":                                                        {ids, nil},
			"$top=0&$count=true":                                                              {nil, 4.0},
			"$filter=id eq '" + ids[1] + "'&$count=true":                                      {ids[1:2], 1.0},
			"$filter='Z@EXAMPLE.com' eq userPrincipalName":                                    {ids[2:3], nil},
			"$filter=userPrincipalName in ('z@example.com','a@example.com','c')&$top=1":       {ids[2:], nil},
			"$filter=userPrincipalName eq 'b@example.com'":                                    {nil, nil}, // a@example.com is what the user shows
			"$filter=userPrincipalName eq 'other@example.com'":                                {nil, nil}, // of another tenant
			"$filter=id in ('" + lee + "','x','" + ids[3] + "','" + ids[3] + "')&$count=true": {ids[3:], 1.0},
		} {
			path := "/beta/users?" + strings.ReplaceAll(query, " ", "%20")
			var found []string
			for pages := 0; path != "" && pages < 9; pages++ {
				page := c.send("GET", path, "").want(t, 200).object(t)
				if page["@odata.count"] != row.count {
					t.Errorf("%s: count %v, want %v", query, page["@odata.count"], row.count)
				}
				for _, user := range page["value"].([]any) {
					found = append(found, user.(map[string]any)["id"].(string))
				}
				next, _ := page["@odata.nextLink"].(string)
				path = strings.TrimPrefix(next, ts.url)
			}
			if !slices.Equal(found, row.want) {
				t.Errorf("%s: %q, want %q", query, found, row.want)
			}
		}
		c.send("GET", "/beta/users", "", "Prefer", "odata.maxpagesize=2").want(t, 200, `"@odata.nextLink":"`+ts.url+`/beta/users?$top=2&$skiptoken=`)
		c.send("GET", "/beta/users?$expand=analytics($select=settings/hasOptedOut)&$select=id&$top=2", "").want(t, 200,
			`$metadata#users(id,analytics(settings/hasOptedOut))"`,
			`{"id":"`+ids[0]+`","analytics":{"id":"`+ids[0]+`","settings":{"hasOptedOut":false}}},{"id":"`+ids[1]+`","analytics":{"id":"`+ids[1]+`","settings":{"hasOptedOut":true}}}`)
		other := ts.mint(auth.Claims{Tenant: otherTenant, User: daemon, Roles: []string{"Analytics.ReadWrite.All"}, Expires: time.Hour})
		ts.do(call{method: "GET", path: "/beta/users?$count=true", token: other}).want(t, 200, `"@odata.count":1,`, `"value":[{"id":"`+lee+`","userPrincipalName":"other@example.com"}]`)
		ts.do(call{method: "GET", path: "/beta/users", token: ts.userToken(megan, "Analytics.ReadWrite")}).want(t, 403, "needs one of an application")
	})
}

// TestListUsersRefuses checks the status of a query that is not answered: 501 for what OData has,
// otherwise 400.
func TestListUsersRefuses(t *testing.T) {
	ts := newTestClient(t).testServer
	c := testClient{ts, ts.appToken("Analytics.Read.All")}
	for query, want := range map[string]struct {
		status int
		part   string
	}{
		"$filter=startswith(userPrincipalName,'a')":     {501, "other conditions of users than eq and in"},
		"$filter=userPrincipalName ne 'a'":              {501, "other conditions of users than eq and in"},
		"$filter=userPrincipalName eq null":             {501, "users without a property"},
		"$filter=id eq 'a' or id eq 'b'":                {501, "other conditions of users than eq and in"},
		"$filter=displayName eq 'a'":                    {400, "Could not find a property named 'displayName' on type 'microsoft.graph.user'"},
		"$filter=id eq":                                 {400, "$filter, column 6"},
		"$orderby=userPrincipalName":                    {501, "other orders of users than id"},
		"$orderby=id desc":                              {501, "other orders of users than id"},
		"$orderby=colour":                               {400, "$orderby, column 1"},
		"$skip=1":                                       {501, "$skip"},
		"$search=a":                                     {501, "$search"},
		"$expand=analytics($expand=activityStatistics)": {501, "expand those of one user"},
		"$expand=manager":                               {400, "Could not find a property named 'manager' on type 'microsoft.graph.user'"},
		"$select=displayName&$filter=id&$top=x":         {400, "in 3 places"},
		"$select=displayName&$filter=id":                {400, "in 2 places"},
		"$skiptoken=x":                                  {400, "$skiptoken"},
		"$top=1001":                                     {400, "at most 1000"},
		"$filter=id in (" + strings.Repeat("'a',", 100) + "'a')": {400, "expected at most 100 values"},
	} {
		c.send("GET", "/beta/users?"+strings.ReplaceAll(query, " ", "%20"), "").want(t, want.status, want.part)
	}
}

// TestGetUser checks a user by /me, id and name, with $select and nested $expand. The user principal
// name in the token is learned.
func TestGetUser(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		token := ts.mint(auth.Claims{Tenant: tenant, User: megan, UPN: "megan@example.com", Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
		c := testClient{ts, token}
		context := `{"@odata.context":"` + ts.url + `/beta/$metadata#users%s/$entity","id":"` + megan + `"`
		const name, settings = `,"userPrincipalName":"megan@example.com"`, `"settings":{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}`
		analytics := `,"analytics":{"id":"` + megan + `"`
		for query, want := range map[string]string{
			"":                           fmt.Sprintf(context, "") + name + "}",
			"?$select=id":                fmt.Sprintf(context, "(id)") + "}",
			"?$select=USERprincipalName": fmt.Sprintf(context, "(userPrincipalName)") + name + "}",
			"?$expand=analytics":         fmt.Sprintf(context, "") + name + analytics + "," + settings + "}}",
			"?$expand=*&$select=id":      fmt.Sprintf(context, "(id)") + analytics + "," + settings + "}}",
			"?$select=id&$expand=analytics($select=id;$expand=activityStatistics/$count)": fmt.Sprintf(context, "(id,analytics(id))") + analytics + `,"activityStatistics@odata.count":1}}`,
		} {
			for _, path := range []string{"/beta/me", "/beta/users/" + megan, "/beta/users/Megan@example.com"} {
				if path == "/beta/users/"+megan && query == "" {
					path = "/beta/users('" + megan + "')"
				}
				got := c.do(call{method: "GET", path: path + query, as: strings.ReplaceAll(strings.ReplaceAll(path, "('", "/"), "')", ""), token: token})
				if got.status != http.StatusOK || got.text != want {
					t.Errorf("%s%s: %d\n got %s\nwant %s", path, query, got.status, got.text, want)
				}
			}
		}
		c.send("GET", "/beta/me?$expand=analytics($expand=activityStatistics($top=2;$select=id))", "").want(t, 200,
			`$metadata#users(analytics(activityStatistics(id)))/$entity"`, analytics+","+settings+`,"activityStatistics":[{"@odata.type":"#microsoft.graph.callActivityStatistics"`)
		c.send("GET", "/beta/users/"+lee, "").want(t, 403)
		c.send("GET", "/beta/me?$expand=manager", "").want(t, 400, "manager")
		c.send("GET", "/beta/me?$expand=analytics/$ref", "").want(t, 501, "$ref in $expand")
		app := testClient{ts, ts.appToken("Analytics.Read.All")}
		app.send("GET", "/beta/users/"+lee, "").want(t, 200, `"id":"`+lee+`","userPrincipalName":null}`)
		app.send("GET", "/beta/users/nobody@example.com", "").want(t, 404)
		app.send("GET", "/beta/me", "").want(t, 403)
		if _, err := ts.store.UpdateSettings(t.Context(), store.Owner{Tenant: tenant, User: megan}, store.SettingsChange{HasOptedOut: store.Of(true)}); err != nil {
			t.Fatal(err)
		}
		c.send("GET", "/beta/me?$expand=analytics", "").want(t, 200, `"hasOptedOut":true`)
		c.send("GET", "/beta/me?$expand=analytics($expand=activityStatistics)", "").want(t, 403, "PolicyNotSatisfied")
		c.send("GET", "/beta/me?$expand=analytics($expand=activityStatistics/$count)", "").want(t, 403, "PolicyNotSatisfied")
	})
}

// TestUserMetadata checks the levels of metadata of a user (OData JSON 3.1), and that the service document
// names what can be read (OData Protocol 11.1.1).
func TestUserMetadata(t *testing.T) {
	c := newTestClient(t)
	self := c.url + "/beta/users/" + megan
	full := `{"@odata.context":"` + c.url + `/beta/$metadata#users/$entity","@odata.type":"#microsoft.graph.user","@odata.id":"` + self + `","@odata.editLink":"` + self +
		`","id":"` + megan + `","userPrincipalName":null,"analytics@odata.navigationLink":"` + self + `/analytics"}`
	if got := c.send("GET", "/beta/me", "", "Accept", "application/json;odata.metadata=full").want(t, 200); got.text != full {
		t.Errorf("\n got %s\nwant %s", got.text, full)
	}
	if got := c.send("GET", "/beta/me", "", "Accept", "application/json;odata.metadata=none").want(t, 200); got.text != `{"id":"`+megan+`","userPrincipalName":null}` {
		t.Errorf("%s", got.text)
	}
	if got := c.send("GET", "/beta/me", "", "Prefer", "omit-values=nulls").want(t, 200); strings.Contains(got.text, "userPrincipalName") || got.header.Get("Preference-Applied") != "omit-values=nulls" {
		t.Errorf("%s %v", got.text, got.header)
	}
	app := testClient{c.testServer, c.appToken("Analytics.Read.All")}
	app.send("GET", "/beta/users", "", "Accept", "application/json;odata.metadata=none").want(t, 200, `{"value":[{"id":"`)
	for _, entry := range c.do(call{method: "GET", path: "/beta/"}).object(t)["value"].([]any) {
		from := map[string]testClient{"Singleton": c, "EntitySet": app}[entry.(map[string]any)["kind"].(string)]
		from.send("GET", "/beta/"+entry.(map[string]any)["url"].(string), "").want(t, 200)
	}
	c.do(call{method: "GET", path: "/beta/$metadata"}).want(t, 200, `<Property Name="userPrincipalName" Type="Edm.String">`)
	body := `{"requests":[{"id":"1","method":"GET","url":"/me?$select=id"},{"id":"2","method":"GET","url":"/users"}]}`
	c.send("POST", "/beta/$batch", body).want(t, 200, `"status":200`, `"status":403`)
}
