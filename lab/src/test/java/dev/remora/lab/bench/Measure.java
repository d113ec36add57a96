package dev.remora.lab.bench;

/// What is measured, in the order of the table.
enum Measure {
    SERVE_IN_1("serve, 1 stream in", "Gbit/s", Better.HIGHER),
    SERVE_OUT_1("serve, 1 stream out", "Gbit/s", Better.HIGHER),
    SERVE_IN_4("serve, 4 streams in", "Gbit/s", Better.HIGHER),
    SERVE_OUT_4("serve, 4 streams out", "Gbit/s", Better.HIGHER),
    CPU_IN("CPU of the node per GB in", "s", Better.LOWER),
    CPU_OUT("CPU of the node per GB out", "s", Better.LOWER),
    HTTP_64("HTTP keep-alive, 64 connections", "requests/s", Better.HIGHER),
    HTTP_64_P99("the same, 99 % below", "ms", Better.LOWER),
    HTTP_1("HTTP keep-alive, 1 connection", "requests/s", Better.HIGHER),
    HTTP_1_P50("the same, median", "µs", Better.LOWER),
    HTTP_1_P99("the same, 99 % below", "µs", Better.LOWER),
    CONNECTIONS("new connections, 32 at once", "/s", Better.HIGHER),
    FRESH_START("fresh start to a peer's first HTTP answer", "s", Better.LOWER),
    RESTART("restart with state to the same", "s", Better.LOWER),
    OWN_FRESH_START("fresh start, Remora's server instead of headscale", "s", Better.LOWER),
    OWN_RESTART("restart, the same", "s", Better.LOWER),
    RSS_IDLE("RSS, idle after the fresh start", "MB", Better.LOWER),
    RSS_LOADED("RSS, highest of the whole run", "MB", Better.LOWER);

    /// Which way is better.
    enum Better {
        HIGHER,
        LOWER
    }

    private final String label;
    private final String unit;
    private final Better better;

    Measure(String label, String unit, Better better) {
        this.label = label;
        this.unit = unit;
        this.better = better;
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    /// How many times better `ours` is than `theirs`: above 1 is a win, whichever way the unit counts.
    double advantage(double ours, double theirs) {
        return better == Better.HIGHER ? ours / theirs : theirs / ours;
    }
}
