package durability_test

import (
	"bytes"
	"fmt"
	"slices"
)

// plotGauges draws each gauge over the time, as SVG: one panel above the other, each from zero.
func plotGauges(all []gauges) []byte {
	const width, height, left, top = 720.0, 120.0, 60.0, 30.0
	var svg bytes.Buffer
	total := (height + top) * float64(len(gaugesShown))
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="12">`+"\n", left+width+20, total+30)
	fmt.Fprintf(&svg, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")
	end := all[len(all)-1].at
	for i, gauge := range gaugesShown {
		values := valuesOf(all, gauge.of)
		most := slices.Max(values) * 1.2
		floor := (height+top)*float64(i+1) - 5
		fmt.Fprintf(&svg, `<text x="%g" y="%g">%s</text>`+"\n", left, floor-height-6, gauge.name)
		for _, share := range []float64{0, 0.5, 1} {
			y := floor - share*height
			fmt.Fprintf(&svg, `<path d="M%g %gh%g" stroke="#ddd"/><text x="%g" y="%g" text-anchor="end">%.0f</text>`+"\n", left, y, width, left-6, y+4, share*most)
		}
		fmt.Fprintf(&svg, `<polyline fill="none" stroke="%s" stroke-width="1.5" points="`, gauge.colour)
		for n, value := range values {
			fmt.Fprintf(&svg, "%.1f,%.1f ", left+width*all[n].at.Seconds()/end.Seconds(), floor-height*value/most)
		}
		fmt.Fprintf(&svg, `"/>`+"\n")
	}
	for tenth := range 11 {
		x := left + width*float64(tenth)/10
		fmt.Fprintf(&svg, `<text x="%g" y="%g" text-anchor="middle">%.1f</text>`+"\n", x, total+12, end.Minutes()*float64(tenth)/10)
	}
	fmt.Fprintf(&svg, `<text x="%g" y="%g" text-anchor="middle">minutes</text>`+"\n</svg>\n", left+width/2, total+26)
	return svg.Bytes()
}
