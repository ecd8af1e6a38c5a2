// Package logs owns how the lines of the log leave the process: as JSON or as lines for people
// (Format), through a buffer that holds up no request (Writer), and in a bounded number if anybody can
// cause them (Quota). It leaves alone what a line says.
package logs
