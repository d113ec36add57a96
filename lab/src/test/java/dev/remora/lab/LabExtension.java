package dev.remora.lab;

import dev.remora.lab.net.Network;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives the tests of a class one [Lab], as a parameter of its `@BeforeAll` method or of any test. It is made when
/// first asked for and closed after the class's last test; when a test fails, the ends of all logs are printed.
///
/// Where no lab is possible (no root, no namespaces) the tests are skipped, and say why.
public final class LabExtension
        implements ExecutionCondition,
                ParameterResolver,
                AfterTestExecutionCallback,
                LifecycleMethodExecutionExceptionHandler {
    private static final ExtensionContext.Namespace OURS =
            ExtensionContext.Namespace.create(LabExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Possible.OBSTACLE.isEmpty()
                ? ConditionEvaluationResult.enabled("a lab is possible")
                : ConditionEvaluationResult.disabled(Possible.OBSTACLE);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).computeIfAbsent(Lab.class, key -> Lab.create(), Lab.class);
    }

    /// The class's store, which closes what is in it when the class is done.
    private static ExtensionContext.Store store(ExtensionContext context) {
        ExtensionContext ofClass = context;
        while (ofClass.getTestMethod().isPresent()) {
            ofClass = ofClass.getParent().orElseThrow();
        }
        return ofClass.getStore(OURS);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            printLogs(context);
        }
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown)
            throws Throwable {
        printLogs(context);
        throw thrown;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown)
            throws Throwable {
        printLogs(context);
        throw thrown;
    }

    private static void printLogs(ExtensionContext context) {
        @Nullable Lab lab = store(context).get(Lab.class, Lab.class);
        if (lab != null) {
            lab.printLogs(System.err);
        }
    }

    private static final class Possible {
        static final String OBSTACLE = Network.obstacle(); // asked once per JVM
    }
}
