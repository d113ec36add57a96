/// The program's command line: what a person types, answered by the running daemon.
@NullMarked
package dev.remora.sidecar.cli;

import org.jspecify.annotations.NullMarked;
