package dev.remora.sidecar.cli;

import java.lang.reflect.Proxy;

/// Makes Ctrl-C a way to end that is no failure. Other signals keep their meaning.
///
/// The JDK lets a program handle signals only through `sun.misc`, which its compiler warns of; so it is called by name, and where it is missing Ctrl-C ends the
/// program with the usual code.
final class ExitOnInterrupt {
    private ExitOnInterrupt() {}

    static void install() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object exit =
                    Proxy.newProxyInstance(
                            ExitOnInterrupt.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> answer(method.getName(), proxy));
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, exit);
        } catch (ReflectiveOperationException e) {
            // as said above
        }
    }

    /// What the handler does when it is told of the signal; as an object it is equal to itself only.
    private static Object answer(String method, Object proxy) {
        if (method.equals("handle")) {
            Runtime.getRuntime().halt(0);
        }
        return switch (method) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> false;
            default -> "exit on interrupt";
        };
    }
}
