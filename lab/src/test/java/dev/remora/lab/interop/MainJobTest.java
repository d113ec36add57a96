package dev.remora.lab.interop;

import dev.remora.lab.Lab;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.HeadscaleOptions;

/// The main job on a tailnet of headscale's.
class MainJobTest extends MainJob {
    @Override
    ControlServer control(Lab lab) {
        return lab.headscale(HeadscaleOptions.defaults());
    }
}
