using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>
/// The metadata that a function gets with its input. Names differ regardless of case, and the members of a JSON object that came from
/// outside overwrite the host's own entries, so none of it can be trusted.
/// </summary>
internal sealed class TriggerMetadata
{
    private readonly Dictionary<string, TypedData> values = new(StringComparer.OrdinalIgnoreCase);

    public IDictionary<string, TypedData> Values => values;

    public TriggerMetadata Text(string name, string value)
    {
        values[name] = new TypedData { String = value };
        return this;
    }

    /// <summary>Anything but text goes as JSON, dates too.</summary>
    public TriggerMetadata Json(string name, object value)
    {
        values[name] = new TypedData { Json = JsonConvert.SerializeObject(value) };
        return this;
    }

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>Adds the members of a text that holds a JSON object; null and lists are left out. Any other text adds nothing.</summary>
    public TriggerMetadata Members(string text)
    {
        foreach (var (name, value) in ObjectIn(text))
        {
            switch (value)
            {
                case JObject inner:
                    values[name] = new TypedData { Json = inner.ToString(Formatting.None) };
                    break;
                case JValue { Value: { } plain }:
                    Text(name, Convert.ToString(plain, CultureInfo.InvariantCulture) ?? "");
                    break;
                default:
                    break;
            }
        }

        return this;
    }

    // The host's own parser: it takes dates for dates, and of a member that is there twice the last one.
    private static JObject ObjectIn(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{', ..] ? JObject.Parse(text) : [];
        }
        catch (JsonReaderException)
        {
            // Text that only looks like JSON stays the text it is.
            return [];
        }
    }
}
