package dev.remora;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Holds the direction of the arrows between our packages, and keeps I/O, threads and clocks out of
/// those that are tested with bytes and virtual time.
class ArchitectureTest {
    private static final JavaClasses NODE =
            new ClassFileImporter()
                    .withImportOption(new PackageLine.NoTests())
                    .importPackages("dev.remora");

    private static final String[] PURE = {
        "dev.remora.base..", "dev.remora.crypto..", "dev.remora.proto..", "dev.remora.engine.."
    };

    @Test
    void arrowsPointToTheLeft() {
        classes().should(new PackageLine()).allowEmptyShould(true).check(NODE);
    }

    @Test
    void protocolsAndEngineDoNoIo() {
        noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "io.netty..",
                                "java.net..",
                                "java.nio.channels..",
                                "java.nio.file..",
                                "dev.remora.io.."))
                .check(NODE);
    }

    @Test
    void protocolsAndEngineKnowNeitherThreadsNorTheTime() {
        noClasses()
                .that(resideInAnyPackage(PURE))
                .should()
                .dependOnClassesThat(
                        describe(
                                "are threads, clocks or locks",
                                type ->
                                        type.isAssignableTo(Thread.class)
                                                || type.isAssignableTo(Clock.class)
                                                || type.getPackageName()
                                                        .startsWith("java.util.concurrent.locks")))
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(NODE);
    }

    @Test
    void oneThreadOwnsTheEngine() {
        fields().that()
                .areDeclaredInClassesThat(
                        resideInAnyPackage("dev.remora.proto..", "dev.remora.engine.."))
                .should()
                .notHaveModifier(JavaModifier.VOLATILE)
                .allowEmptyShould(true)
                .check(NODE);
    }
}
