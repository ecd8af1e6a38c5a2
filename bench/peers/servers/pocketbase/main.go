// Command pocketbase is PocketBase with a collection of statistics that everybody may read and
// change. Its command line is that of PocketBase.
//
//	pocketbase serve --http ADDRESS --dir FOLDER
package main

import (
	"fmt"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const durationPattern = `^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d{1,7})?S)?)?$`

func main() {
	app := pocketbase.New()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // it would open a browser
		if err := createCollection(e.App); err != nil {
			return err
		}
		return e.Next()
	})
	if err := app.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

func createCollection(app core.App) error {
	everybody := types.Pointer("")
	c := core.NewBaseCollection("activityStatistics")
	c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule = everybody, everybody, everybody, everybody
	c.Fields.Add(
		&core.SelectField{Name: "activity", Values: []string{"Email", "Meeting", "Focus", "Chat", "Call"}, MaxSelect: 1, Required: true},
		&core.DateField{Name: "startDate"},
		&core.DateField{Name: "endDate"},
		&core.TextField{Name: "timeZoneUsed", Max: 100},
		&core.TextField{Name: "duration", Pattern: durationPattern},
		&core.TextField{Name: "afterHours", Pattern: durationPattern},
	)
	return app.Save(c)
}
