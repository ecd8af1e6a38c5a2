import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows what the folder consumer tests. */
class ReadmeTest {
    private static String block(String language) throws IOException {
        var fence = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL);
        var found = fence.matcher(Files.readString(Path.of("README.md")));
        assertTrue(found.find());
        return found.group(1);
    }

    @Test
    void exampleIsATest() throws IOException {
        assertEquals(Files.readString(Path.of("consumer/src/test/java/RetryTest.java")), block("java"));
    }

    @Test
    void dependencyIsThisVersion() throws IOException {
        var dependency = block("xml");
        assertTrue(Files.readString(Path.of("consumer/pom.xml")).contains(dependency));
        var version = Pattern.compile("<version>.*?</version>").matcher(dependency);
        assertTrue(version.find());
        var kit = "<artifactId>afterhours-test</artifactId>\n  " + version.group();
        assertTrue(Files.readString(Path.of("pom.xml")).contains(kit));
    }
}
