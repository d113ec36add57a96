package dev.remora.sim;

import java.util.stream.LongStream;

/// The seeds that simulations run with: a few of them, enough to notice what broke; all with
/// `-Dremora.seeds=all`.
public final class Seeds {
    private static final boolean ALL = "all".equals(System.getProperty("remora.seeds"));

    /// 1, 2, 3 …
    public static LongStream some(int few, int all) {
        return LongStream.rangeClosed(1, ALL ? all : few);
    }

    private Seeds() {}
}
