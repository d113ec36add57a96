/// What every part of the lab is made of: commands that run to their end, processes that stay, and waiting
/// for something to become true.
///
/// Whatever a lab starts is written down in its [LabFolder] before anything else happens, by process id *and* start
/// time, so that a later lab can clear away what a crashed one left behind and never ends a stranger's process.
@NullMarked
package dev.remora.lab.run;

import org.jspecify.annotations.NullMarked;
