using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// Converts the difference between two states of a record into facts of a ledger line: <c>.name</c> with the new value of each changed
/// member; <c>.name+</c> with the items added to a list that only grew; <c>.name-</c> for a removed member.
/// </summary>
/// <remarks>Texts, times and enums are written as they are, everything else as JSON.</remarks>
internal static class RecordChange
{
    /// <summary>The fact that names the record which a line changes.</summary>
    public const string Record = "record";

    /// <summary>The fact that distinguishes two writers of one change.</summary>
    public const string Writer = "by";

    private const char Member = '.';
    private const char Added = '+';
    private const char Gone = '-';

    /// <summary>The changes from one state to the next; empty when they are equal.</summary>
    public static Dictionary<string, string> Between(JsonObject? before, JsonObject after)
    {
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in after)
        {
            var was = before?[name];
            if (JsonNode.DeepEquals(was, value))
            {
                continue;
            }

            if (was is JsonArray { Count: > 0 } old && value is JsonArray grown && Grew(old, grown))
            {
                changes[Member + name + Added] = new JsonArray([.. grown.Skip(old.Count).Select(v => v?.DeepClone())]).ToJsonString(
                    RecordJson.Options
                );
            }
            else
            {
                changes[Member + name] =
                    value!.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(RecordJson.Options);
            }
        }

        foreach (var (name, _) in before ?? [])
        {
            if (!after.ContainsKey(name))
            {
                changes[Member + name + Gone] = "";
            }
        }

        return changes;
    }

    /// <summary>The state after the changes. Other facts, and members of a later release, are ignored.</summary>
    public static JsonObject Apply(JsonObject? before, IReadOnlyDictionary<string, string> changes, JsonTypeInfo type)
    {
        var after = before?.DeepClone().AsObject() ?? [];
        foreach (var (name, text) in changes)
        {
            var member = name.Trim(Member, Added, Gone);
            if (
                name[0] != Member
                || type.Properties.FirstOrDefault(p => string.Equals(p.Name, member, StringComparison.Ordinal)) is not { } property
            )
            {
                continue;
            }

            switch (name[^1])
            {
                case Gone:
                    after.Remove(member);
                    break;
                case Added:
                    foreach (var item in JsonNode.Parse(text)!.AsArray())
                    {
                        after[member]!.AsArray().Add(item?.DeepClone());
                    }

                    break;
                default:
                    after[member] = IsText(property.PropertyType) ? JsonValue.Create(text) : JsonNode.Parse(text);
                    break;
            }
        }

        return after;
    }

    /// <summary>The facts of a line that are for readers, without those that only rebuild the record.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ForReaders(LedgerEntry entry) =>
        !entry.Facts.ContainsKey(Record) ? entry.Facts : entry.Facts.Where(f => f.Key is not (Record or Writer) && f.Key[0] != Member);

    /// <summary>The record as JSON.</summary>
    public static JsonObject Of<T>(T record) => JsonSerializer.SerializeToNode(record, RecordJson.Options)!.AsObject();

    private static bool IsText(Type type)
    {
        var own = Nullable.GetUnderlyingType(type) ?? type;
        return own.IsEnum
            || own == typeof(string)
            || own == typeof(DateTimeOffset)
            || own == typeof(TimeSpan)
            || own == typeof(Guid)
            || own == typeof(Uri);
    }

    private static bool Grew(JsonArray old, JsonArray grown) =>
        grown.Count > old.Count && old.Zip(grown).All(pair => JsonNode.DeepEquals(pair.First, pair.Second));
}
