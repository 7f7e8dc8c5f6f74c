import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;

/** Prints a line for every configuration name of Kafka: facts alone, from the server's own classes by reflection. */
public class DumpConfigs {
  public static void main(String[] args) throws Exception {
    Class<?> broker = Class.forName("org.apache.kafka.server.config.AbstractKafkaConfig");
    dump("broker", (ConfigDef) broker.getField("CONFIG_DEF").get(null));
    Class<?> topic = Class.forName("org.apache.kafka.storage.internals.log.LogConfig");
    dump("topic", (ConfigDef) topic.getMethod("configDefCopy").invoke(null));
    Class<?> group = Class.forName("org.apache.kafka.coordinator.group.GroupConfig");
    dump("group", (ConfigDef) group.getField("CONFIG_DEF").get(null));
    Class<?> metrics = Class.forName("org.apache.kafka.server.metrics.ClientMetricsConfigs");
    dump("metrics", (ConfigDef) metrics.getMethod("configDef").invoke(null));
    for (Object name : (Iterable<?>) group.getMethod("configNames").invoke(null)) {
      Optional<?> synonym = (Optional<?>) group.getMethod("brokerSynonym", String.class).invoke(null, name);
      if (synonym.isPresent()) line("synonym", name, synonym.get());
    }
    Map<?, ?> modes = (Map<?, ?>) Class.forName("org.apache.kafka.server.config.DynamicBrokerConfig")
        .getMethod("dynamicConfigUpdateModes").invoke(null);
    modes.forEach((name, mode) -> line("dynamic", name, mode));
    Map<?, ?> synonyms = (Map<?, ?>) Class.forName("org.apache.kafka.server.config.ServerTopicConfigSynonyms")
        .getField("ALL_TOPIC_CONFIG_SYNONYMS").get(null);
    for (Map.Entry<?, ?> entry : synonyms.entrySet()) {
      StringBuilder names = new StringBuilder();
      for (Object synonym : (List<?>) entry.getValue()) {
        names.append(names.isEmpty() ? "" : ",").append(synonym.getClass().getMethod("name").invoke(synonym));
      }
      line("synonyms", entry.getKey(), names);
    }
  }

  static void dump(String of, ConfigDef definition) {
    for (ConfigDef.ConfigKey key : new TreeMap<>(definition.configKeys()).values()) {
      line(of, key.name, key.type, text(key), key.validator == null ? "" : key.validator, key.internalConfig);
    }
  }

  /** A default as a properties file would spell it; `null` for none. */
  static String text(ConfigDef.ConfigKey key) {
    if (key.defaultValue == null || key.defaultValue == ConfigDef.NO_DEFAULT_VALUE) return "null";
    return "=" + ConfigDef.convertToString(key.defaultValue, key.type);
  }

  static void line(Object... cells) {
    StringBuilder line = new StringBuilder();
    for (Object cell : cells) line.append(line.isEmpty() ? "" : "\t").append(String.valueOf(cell).replace('\n', ' '));
    System.out.println(line);
  }
}
