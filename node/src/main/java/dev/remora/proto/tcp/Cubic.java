package dev.remora.proto.tcp;

/// CUBIC (RFC 9438) with [HyStart] in slow start. Windows are in segments and times in seconds, as in the RFC's formulas,
/// whose names the variables have.
public final class Cubic implements CongestionControl {
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
    private static final double SMALLEST = 2;
    private static final double SECOND = 1e9;

    /// What Linux paces with: ahead of the window in slow start, a little faster than it afterwards.
    private static final double PACING_SLOW_START = 2.0;

    private static final double PACING = 1.2;

    private final HyStart hyStart = new HyStart();
    private int mss = 1;
    private double cwnd = INITIAL_SEGMENTS;
    private double ssthresh = Double.MAX_VALUE;
    private double wMax;
    private double wEst;
    private double k;
    private double cwndPrior;
    private long epochStart;
    private boolean inEpoch;
    private double srtt;
    private long maxCwnd = PathKind.DIRECT.maxCwnd();

    private Saved beforeReduction =
            new Saved(cwnd, ssthresh, wMax, wEst, k, cwndPrior, epochStart, inEpoch);

    /// What a reduction changes and a spurious one restores (RFC 9438 §4.9.2).
    private record Saved(
            double cwnd,
            double ssthresh,
            double wMax,
            double wEst,
            double k,
            double cwndPrior,
            long epochStart,
            boolean inEpoch) {}

    @Override
    public void start(int segmentSize, int segments) {
        mss = segmentSize;
        cwnd = segments;
    }

    /// RFC 5681 §4.1: after a pause of more than an RTO nothing is known of the path's present load.
    @Override
    public void onRestart(long idle, long rto) {
        if (idle > rto) {
            cwnd = Math.min(cwnd, INITIAL_SEGMENTS);
            inEpoch = false;
        }
    }

    @Override
    public void onAck(AckSummary ack, long now) {
        if (ack.rtt() > 0) {
            srtt = srtt == 0 ? ack.rtt() / SECOND : srtt + (ack.rtt() / SECOND - srtt) / 8;
        }
        if (ack.acked() == 0) {
            // RFC 5681 §3.2: duplicates open the window for what they say has left the network, but
            // do not enlarge it.
            return;
        }
        if (cwnd < ssthresh) {
            slowStart(ack);
        } else if (ack.windowLimited()) {
            avoidCongestion((double) ack.delivered() / mss, now);
        } else {
            // §5.8: time in which the application limits the flow does not count for the curve.
            inEpoch = false;
        }
        limit();
    }

    private void slowStart(AckSummary ack) {
        if (hyStart.onAck(ack)) {
            ssthresh = cwnd;
            return;
        }
        boolean used = ack.windowLimited() || 2 * (ack.inFlight() + ack.delivered()) > cwnd();
        if (used) {
            cwnd = Math.min(cwnd + hyStart.growth() * ack.delivered() / mss, ssthresh);
        }
    }

    private void avoidCongestion(double acked, long now) {
        if (!inEpoch) {
            beginEpoch(now);
        }
        double t = (now - epochStart) / SECOND;
        double target = Math.clamp(window(t + srtt), cwnd, 1.5 * cwnd);
        // §4.3: once it has caught up with the window before the reduction, the estimate grows as
        // Reno does.
        wEst += (wEst >= cwndPrior ? 1 : ALPHA) * acked / cwnd;
        if (window(t) < wEst) {
            cwnd = Math.max(cwnd, wEst);
        } else {
            cwnd += (target - cwnd) / cwnd * acked;
        }
    }

    private void beginEpoch(long now) {
        inEpoch = true;
        epochStart = now;
        wEst = cwnd;
        if (cwnd < wMax) {
            k = Math.cbrt((wMax - cwnd) / C);
        } else {
            k = 0;
            wMax = cwnd;
        }
    }

    /// W_cubic(t), §4.2.
    private double window(double t) {
        double d = t - k;
        return C * d * d * d + wMax;
    }

    @Override
    public void onRecovery(Phase phase, long flightSize, long now) {
        switch (phase) {
            case ENTER -> {
                reduce(flightSize);
                cwnd = ssthresh;
            }
            case TIMEOUT -> {
                reduce(flightSize);
                cwnd = 1;
            }
            case TIMEOUT_AGAIN -> cwnd = 1;
            case EXIT -> inEpoch = false;
            case SPURIOUS -> {
                restore();
                limit();
            }
        }
    }

    private void reduce(long flightSize) {
        beforeReduction = new Saved(cwnd, ssthresh, wMax, wEst, k, cwndPrior, epochStart, inEpoch);
        cwndPrior = cwnd;
        // §4.7, fast convergence: a flow that did not get back to its last maximum leaves room for
        // a newer one.
        wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd;
        ssthresh = Math.max((double) flightSize / mss * BETA, SMALLEST);
        inEpoch = false;
        hyStart.restart();
    }

    private void restore() {
        cwnd = Math.max(cwnd, beforeReduction.cwnd());
        ssthresh = beforeReduction.ssthresh();
        wMax = beforeReduction.wMax();
        wEst = beforeReduction.wEst();
        k = beforeReduction.k();
        cwndPrior = beforeReduction.cwndPrior();
        epochStart = beforeReduction.epochStart();
        inEpoch = beforeReduction.inEpoch();
    }

    @Override
    public void onPathChange(PathKind kind, long now) {
        hyStart.restart();
        srtt = 0;
        inEpoch = false;
        maxCwnd = kind.maxCwnd();
        limit();
    }

    /// A window that may not be used does not grow either, lest it be there at once when the limit falls.
    private void limit() {
        cwnd = Math.min(cwnd, (double) maxCwnd / mss);
    }

    @Override
    public long cwnd() {
        return (long) (cwnd * mss);
    }

    @Override
    public long ssthresh() {
        return ssthresh == Double.MAX_VALUE ? Long.MAX_VALUE : (long) (ssthresh * mss);
    }

    @Override
    public long pacingRate(long roundTrip) {
        double ratio = cwnd < ssthresh / 2 ? PACING_SLOW_START : PACING;
        return roundTrip == 0 ? 0 : (long) (ratio * cwnd() * SECOND / roundTrip);
    }

    @Override
    public boolean reducesProportionally() {
        return true;
    }

    /// The curve's K, in seconds.
    double k() {
        return k;
    }

    double wMax() {
        return wMax;
    }
}
