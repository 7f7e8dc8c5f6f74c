import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command-line tools one after another in one JVM: each would take longer to start than to work.
 *
 * A line in is {"class", "args", "stdin"}; the line out is {"exit", "stdout", "stderr"}. A tool's exit ends the tool, not the JVM.
 */
public final class ToolRunner {
    private static final class Ended extends RuntimeException {
        private final int code;

        Ended(int code) {
            super("exit " + code, null, false, false);
            this.code = code;
        }
    }

    public static void main(String[] ignored) throws Exception {
        ObjectMapper json = new ObjectMapper();
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int[] first = {-1};
        Exit.Procedure end = (code, message) -> {
            // Some tools catch what their exit throws and exit again: the first code is the one the shell would see.
            if (first[0] < 0) first[0] = code;
            throw new Ended(code);
        };
        Exit.setExitProcedure(end);
        Exit.setHaltProcedure(end);
        // Hooks close what a tool holds; the JVM outlives the tool, so they are run when it ends.
        List<Runnable> hooks = new ArrayList<>();
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode asked = json.readTree(line);
            List<String> args = new ArrayList<>();
            asked.get("args").forEach(one -> args.add(one.asText()));
            ByteArrayOutputStream stdout = new ByteArrayOutputStream();
            ByteArrayOutputStream stderr = new ByteArrayOutputStream();
            System.setOut(new PrintStream(stdout, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(stderr, true, StandardCharsets.UTF_8));
            System.setIn(new ByteArrayInputStream(asked.path("stdin").asText("").getBytes(StandardCharsets.UTF_8)));
            first[0] = -1;
            try {
                Class.forName(asked.get("class").asText())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args.toArray(new String[0]));
            } catch (InvocationTargetException error) {
                if (!(error.getCause() instanceof Ended)) {
                    error.getCause().printStackTrace(System.err);
                    if (first[0] < 0) first[0] = 1;
                }
            }
            hooks.forEach(Runnable::run);
            hooks.clear();
            ObjectNode answer = json.createObjectNode();
            answer.put("exit", Math.max(first[0], 0));
            answer.put("stdout", stdout.toString(StandardCharsets.UTF_8));
            answer.put("stderr", stderr.toString(StandardCharsets.UTF_8));
            out.println(json.writeValueAsString(answer));
        }
    }
}
