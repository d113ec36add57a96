package dev.remora.lab.crowd;

import java.util.Locale;

/// Says what a server pays for what a crowd does: CPU time of its process, time until everybody knows, resident memory.
public final class Tally {
    private static final double MEGABYTE = 1e6;

    private final LoopbackControl control;

    public Tally(LoopbackControl control) {
        this.control = control;
        System.out.println(control.label());
        row("nobody there yet", control.process().cpuSeconds(), 0);
    }

    /// Does something and prints what it took. The work may have the server start anew: then the start is what counts.
    public void of(String what, Runnable work) {
        double cpu = control.process().cpuSeconds();
        long pid = control.process().pid();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean same = control.process().pid() == pid;
        row(what, control.process().cpuSeconds() - (same ? cpu : 0), seconds);
    }

    private void row(String what, double cpu, double seconds) {
        System.out.printf(
                Locale.ROOT,
                "  %-45s %7.2f CPU s %7.2f s %7.1f MB%n",
                what,
                cpu,
                seconds,
                control.process().residentBytes() / MEGABYTE);
    }
}
