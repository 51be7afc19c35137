using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rekey.Local.Tests.Recordings;

/// <summary>
/// What two answers have in common when they differ in ids, times and key material alone: the members and their order, the types of the
/// values, what is null, how times and ids are written. Some members say what something is, and are compared as they are.
/// </summary>
internal static partial class AnswerShape
{
    /// <summary>Members whose values must be the recorded ones.</summary>
    private static readonly HashSet<string> AsTheyAre =
    [
        "code",
        "message",
        "kty",
        "crv",
        "e",
        "key_ops",
        "enabled",
        "expiryTime",
        "timeAfterCreate",
        "timeBeforeExpiry",
        "type",
        "principalType",
        "principalId",
        "scope",
        "condition",
        "conditionVersion",
        "roleDefinitionId",
        "roleName",
        "actions",
        "notActions",
        "dataActions",
        "notDataActions",
        "bypass",
        "defaultAction",
        "ipRules",
        "provisioningState",
        "publicNetworkAccess",
        "@odata.type",
        "@odata.context",
        "servicePrincipalType",
    ];

    /// <summary>Members that came with a later version of the service than some recordings were made with.</summary>
    private static readonly HashSet<string> CameLater =
    [
        "exportable",
        "hsmPlatform",
        "recoverableDays",
        "serviceProvisioningErrors",
        "systemData",
        "softDeleteRetentionInDays",
        "publicNetworkAccess",
    ];

    /// <summary>Where an answer differs from the recorded one; empty where it does not.</summary>
    public static IEnumerable<string> Differences(JsonNode? recorded, JsonNode? answered, string at = "$", bool asItIs = false) =>
        (recorded, answered) switch
        {
            (null, null) => [],
            (null, _) or (_, null) => [$"{at}: {Text(recorded)} was recorded, {Text(answered)} is answered"],
            (JsonObject r, JsonObject a) => OfObjects(r, a, at),
            (JsonArray r, JsonArray a) => OfArrays(r, a, at, asItIs),
            _ when (asItIs ? JsonNode.DeepEquals(recorded, answered) : Kind(recorded) == Kind(answered)) => [],
            _ =>
            [
                $"{at}: {(asItIs ? Text(recorded) : Kind(recorded))} was recorded, "
                    + $"{(asItIs ? Text(answered) : Kind(answered))} is answered",
            ],
        };

    private static IEnumerable<string> OfObjects(JsonObject recorded, JsonObject answered, string at)
    {
        var members = recorded.Select(m => m.Key).ToList();
        var given = answered.Select(m => m.Key).Where(m => members.Contains(m) || !CameLater.Contains(m)).ToList();
        var shared = members.Intersect(given, StringComparer.Ordinal);
        return members.SequenceEqual(given)
            ? shared.SelectMany(m => Differences(recorded[m], answered[m], $"{at}.{m}", AsTheyAre.Contains(m)))
            : [$"{at}: members {string.Join(' ', members)} were recorded, {string.Join(' ', given)} are answered"];
    }

    /// <summary>Lists of objects are compared whatever their order, which no service promises.</summary>
    private static IEnumerable<string> OfArrays(JsonArray recorded, JsonArray answered, string at, bool asItIs)
    {
        if (recorded.All(i => i is JsonValue) && answered.All(i => i is JsonValue) && !asItIs)
        {
            return recorded.Concat(answered).Select(i => i!.GetValueKind()).Distinct().Count() <= 1
                ? []
                : [$"{at}: the items are of other types than recorded"];
        }

        return recorded.Count != answered.Count
            ? [$"{at}: {recorded.Count} items were recorded, {answered.Count} are answered"]
            : Sorted(recorded).Zip(Sorted(answered)).SelectMany((pair, n) => Differences(pair.First, pair.Second, $"{at}[{n}]", asItIs));
    }

    private static IEnumerable<JsonNode?> Sorted(JsonArray items) =>
        items.OrderBy(i => i is JsonObject o ? o.Count : 0).ThenBy(i => (i as JsonObject)?["id"]?.ToJsonString(), StringComparer.Ordinal);

    private static string Kind(JsonNode node) =>
        node.GetValueKind() switch
        {
            JsonValueKind.String => KindOf(node.GetValue<string>()),
            JsonValueKind.True or JsonValueKind.False => "boolean",
            var kind => kind.ToString(),
        };

    private static string KindOf(string text) =>
        Guid.TryParse(text, out _) ? "GUID"
        : Time().Match(text) is { Success: true } time ? $"time with {time.Groups["decimals"].Length} decimals"
        : text.StartsWith("https://", StringComparison.Ordinal) ? "address"
        : text.StartsWith('/') ? "resource id"
        : "text";

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?<decimals>\d+))?Z?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Time();
}
