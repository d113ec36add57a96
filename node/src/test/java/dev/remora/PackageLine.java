package dev.remora;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The line in which all our packages stand. A package uses only what stands to the left of its own
/// group; names in the same group do not know each other. So there can be no cycle either.
///
/// A new package gets its place here before it gets a class. Sub-packages belong to the longest name
/// that fits, except below a name marked `!`, which stands for itself alone (a bare `!` is `dev.remora`).
public final class PackageLine extends ArchCondition<JavaClass> {
    private static final String LINE =
            """
            base
            | crypto
            | proto.ip proto.noise proto.stun proto.disco proto.derp
            | proto.wireguard proto.tcp proto.control
            | engine.netmap io.loop io.noise io.state
            | engine.filter engine.route engine.path engine.netcheck engine.netstack
              io.udp io.tun io.derp io.control
            | engine!
            | node
            | !
            | server.stun server.tls server.model
            | server.http
            | server.relay server.policy server.store
            | server.tailnet
            | server.netmap
            | server.control server.admin
            | server!
            | sidecar.serve sidecar.egress sidecar.config
            | sidecar.localapi sidecar.health sidecar.oauth sidecar.kube
            | sidecar.life
            | sidecar.cli
            | sidecar.server
            | sidecar.demo
            | sidecar.boot
            | sidecar.launch
            """;

    /// One name of the line, and the number of its group from the left.
    private record Place(String name, boolean alone, int group) {
        boolean holds(String packageName) {
            return packageName.equals(name) || (!alone && packageName.startsWith(name + "."));
        }
    }

    private final List<Place> places = read(LINE);

    public PackageLine() {
        super("use only packages to the left of their own group");
    }

    /// Leaves out test classes, wherever the build put them.
    public static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("test-classes") && !location.contains("-tests.jar");
        }
    }

    @Override
    public void check(JavaClass origin, ConditionEvents events) {
        Optional<Place> from = placeOf(origin);
        if (from.isEmpty()) {
            events.add(violated(origin, origin.getName() + " is in a package without a place"));
            return;
        }
        for (Dependency arrow : origin.getDirectDependenciesFromSelf()) {
            JavaClass target = arrow.getTargetClass().getBaseComponentType();
            if (target.getPackageName().startsWith("dev.remora") && !allows(from.get(), target)) {
                events.add(violated(origin, arrow.getDescription()));
            }
        }
    }

    private boolean allows(Place from, JavaClass target) {
        return placeOf(target)
                .filter(to -> to.equals(from) || to.group() < from.group())
                .isPresent();
    }

    private Optional<Place> placeOf(JavaClass type) {
        return places.stream().filter(place -> place.holds(type.getPackageName())).findFirst();
    }

    private static List<Place> read(String line) {
        String[] groups = line.split("\\|");
        return IntStream.range(0, groups.length)
                .boxed()
                .flatMap(i -> Arrays.stream(groups[i].strip().split("\\s+")).map(n -> place(n, i)))
                .toList();
    }

    private static Place place(String word, int group) {
        boolean alone = word.endsWith("!");
        String name = alone ? word.substring(0, word.length() - 1) : word;
        return new Place(name.isEmpty() ? "dev.remora" : "dev.remora." + name, alone, group);
    }
}
