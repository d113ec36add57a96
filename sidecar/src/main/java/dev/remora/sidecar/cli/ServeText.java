package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What `serve` prints of a configuration.
final class ServeText {
    private static final int MAX_TEXT = 20;

    private final Status status;

    ServeText(Status status) {
        this.status = status;
    }

    private String name() {
        return status.self().fqdn();
    }

    /// What has just been added, with the addresses under which it is found.
    String added(Tree section, ServeKind.Port port) {
        StringBuilder out = new StringBuilder("Available within your tailnet:\n\n");
        String number = Integer.toString(port.number());
        if (port.kind().isWeb()) {
            appendMounts(out, section, port);
        } else {
            appendTcp(out, number, section.at("TCP").at(number), ServeText::annotations);
            out.append('\n');
        }
        return out.toString();
    }

    private void appendMounts(StringBuilder out, Tree section, ServeKind.Port port) {
        int usual = port.kind() == ServeKind.HTTPS ? 443 : 80;
        String base =
                port.kind().flag
                        + "://"
                        + name()
                        + (port.number() == usual ? "" : ":" + port.number());
        Tree handlers = section.at("Web").at(name() + ":" + port.number()).at("Handlers");
        handlers.members().entrySet().stream()
                .sorted(
                        Comparator.comparingInt((Map.Entry<String, Tree> e) -> e.getKey().length())
                                .thenComparing(Map.Entry::getKey))
                .forEach(mount ->
                        out.append(base)
                                .append(mount.getKey())
                                .append("\n|-- ")
                                .append(handler(mount.getValue()))
                                .append("\n\n"));
    }

    private static String annotations(Tree handler) {
        List<String> notes = new ArrayList<>();
        if (!handler.at("TerminateTLS").text().isEmpty()) {
            notes.add("TLS terminated");
        }
        if (handler.at("ProxyProtocol").number() != 0) {
            notes.add("PROXY protocol v" + handler.at("ProxyProtocol").number());
        }
        return notes.isEmpty() ? "" : " (" + String.join(", ", notes) + ")";
    }

    private interface Annotations {
        String of(Tree handler);
    }

    private void appendTcp(StringBuilder out, String port, Tree handler, Annotations annotations) {
        out.append("|-- tcp://").append(name()).append(':').append(port);
        out.append(annotations.of(handler)).append('\n');
        for (String ip : status.ips()) {
            out.append("|-- tcp://").append(ip.indexOf(':') < 0 ? ip : "[" + ip + "]");
            out.append(':').append(port).append('\n');
        }
        String target = handler.at("TCPForward").text();
        out.append("|--> ").append(target.startsWith("unix:") ? "" : "tcp://");
        out.append(target).append('\n');
    }

    /// Everything that lasts, for `serve status`.
    String all(Tree config) {
        StringBuilder out = new StringBuilder();
        appendForwards(out, config);
        appendWeb(out, config);
        appendServices(out, config.at("Services"));
        return out.toString();
    }

    private void appendForwards(StringBuilder out, Tree config) {
        Map<String, Tree> ports = config.at("TCP").members();
        ports.values().removeIf(handler -> handler.at("TCPForward").text().isEmpty());
        ports.entrySet().stream()
                .sorted(
                        Comparator.comparingInt((Map.Entry<String, Tree> e) -> e.getKey().length())
                                .thenComparing(Map.Entry::getKey))
                .forEach(port ->
                        appendTcp(
                                out,
                                port.getKey(),
                                port.getValue(),
                                handler ->
                                        handler.at("TerminateTLS").text().isEmpty()
                                                ? " (tailnet only)"
                                                : " (TLS-terminated TCP, tailnet only)"));
        if (!ports.isEmpty()) {
            out.append('\n');
        }
    }

    private void appendWeb(StringBuilder out, Tree config) {
        config.at("Web")
                .members()
                .forEach((hostPort, server) -> {
                    int colon = hostPort.lastIndexOf(':');
                    String host = hostPort.substring(0, colon);
                    String port = hostPort.substring(colon + 1);
                    boolean https = config.at("TCP").at(port).at("HTTPS").bool();
                    String scheme = https ? "https://" : "http://";
                    String shownPort = port.equals(https ? "443" : "80") ? "" : ":" + port;
                    String reach =
                            config.at("AllowFunnel").at(hostPort).bool()
                                    ? " (Funnel on)\n"
                                    : " (tailnet only)\n";
                    if (!https && host.equals(name())) {
                        out.append(scheme)
                                .append(status.self().name())
                                .append(shownPort)
                                .append(reach);
                    }
                    out.append(scheme).append(host).append(shownPort).append(reach);
                    appendHandlers(out, server.at("Handlers").members());
                });
    }

    private static void appendHandlers(StringBuilder out, Map<String, Tree> handlers) {
        int width = handlers.keySet().stream().mapToInt(String::length).max().orElse(0);
        handlers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(mount ->
                        out.append("|-- ")
                                .append(GoText.pad(mount.getKey(), width))
                                .append(' ')
                                .append(handler(mount.getValue()))
                                .append('\n'));
        out.append('\n');
    }

    private void appendServices(StringBuilder out, Tree services) {
        services.members()
                .forEach((service, config) -> {
                    String host = service.replaceFirst("^svc:", "") + "." + status.magicDnsSuffix();
                    config.at("TCP")
                            .members()
                            .forEach((port, handler) -> {
                                String target = handler.at("TCPForward").text();
                                String scheme =
                                        handler.at("HTTPS").bool()
                                                ? "https"
                                                : handler.at("HTTP").bool() ? "http" : "tcp";
                                out.append(scheme)
                                        .append("://")
                                        .append(host)
                                        .append(':')
                                        .append(port);
                                out.append(" (tailnet only) (").append(service).append(")\n");
                                if (!target.isEmpty()) {
                                    out.append("|--> tcp://").append(target).append('\n');
                                }
                                out.append('\n');
                            });
                    if (config.at("Tun").bool()) {
                        out.append("tun (L3 forwarding) (").append(service).append(")\n\n");
                    }
                });
    }

    private static String handler(Tree handler) {
        String text = handler.at("Text").text();
        if (!text.isEmpty()) {
            String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT - 3) + "..." : text;
            return "text  " + GoText.quote(cut);
        }
        String path = handler.at("Path").text();
        return path.isEmpty() ? "proxy " + handler.at("Proxy").text() : "path  " + path;
    }
}
