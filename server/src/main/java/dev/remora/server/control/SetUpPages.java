package dev.remora.server.control;

import dev.remora.server.http.Answers;
import dev.remora.server.tailnet.Tailnet;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What people read who want to join with a device whose client asks for no command line, and what is said to those who
/// only look around.
final class SetUpPages {
    private final String url;

    SetUpPages(Tailnet tailnet) {
        this.url = RegisterPage.escaped(tailnet.settings().serverUrl());
    }

    FullHttpResponse welcome() {
        return page(
                "A tailnet's control server",
                "<p>Devices join it with</p>"
                        + command("tailscale up --login-server " + url)
                        + "<p>See also <a href=\"/apple\">Apple's devices</a> and"
                        + " <a href=\"/windows\">Windows</a>.</p>");
    }

    FullHttpResponse apple() {
        return page(
                "Apple's devices",
                "<h2>iPhone, iPad, Apple TV</h2><p>In the Tailscale app open the accounts, choose to log in, and from the menu"
                        + " there <em>Use a custom coordination server</em>. Its address is</p>"
                        + command(url)
                        + "<h2>Mac</h2><p>In the app's settings add an account on a custom coordination server with this"
                        + " address, or in a terminal:</p>"
                        + command("tailscale login --login-server " + url));
    }

    FullHttpResponse windows() {
        return page(
                "Windows",
                "<p>In PowerShell, with Tailscale installed:</p>"
                        + command("tailscale login --login-server " + url)
                        + "<p>For a machine that should know no other server, as an administrator and before the first login:"
                        + "</p>"
                        + command(
                                "New-Item -Force -Path 'HKLM:\\SOFTWARE\\Policies\\Tailscale'\n"
                                        + "Set-ItemProperty -Path 'HKLM:\\SOFTWARE\\Policies\\Tailscale'"
                                        + " -Name LoginURL -Value '"
                                        + url
                                        + "'"));
    }

    /// There is nothing here to be found by a search.
    static FullHttpResponse robots() {
        return Answers.text(HttpResponseStatus.OK, "User-agent: *\nDisallow: /\n");
    }

    private static String command(String line) {
        return "<pre>" + line + "</pre>";
    }

    private static FullHttpResponse page(String title, String content) {
        return RegisterPage.page(HttpResponseStatus.OK, title, content);
    }
}
