package dev.remora.server.control;

import java.io.IOException;

/// What answers the requests inside of a Noise connection. Called on a virtual thread per request, which is
/// interrupted when the client has given up.
interface InnerApp {
    /// Answers, at once or over hours; what it leaves open is ended when it returns.
    void answer(InnerRequest request, InnerAnswer answer) throws IOException, InterruptedException;
}
