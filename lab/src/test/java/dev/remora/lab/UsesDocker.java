package dev.remora.lab;

import dev.remora.lab.docker.DockerCondition;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test class whose lab has containers: it needs root and a Docker engine, and is skipped without.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("host")
@ExtendWith({LabExtension.class, DockerCondition.class})
public @interface UsesDocker {}
