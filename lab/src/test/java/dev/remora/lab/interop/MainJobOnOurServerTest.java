package dev.remora.lab.interop;

import dev.remora.lab.Lab;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.RemoraControl;

/// The main job on a tailnet of our own control server's.
class MainJobOnOurServerTest extends MainJob {
    @Override
    ControlServer control(Lab lab) {
        return RemoraControl.start(lab.host("ctl"), lab.authority());
    }
}
