using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Functions.Wire;

/// <summary>Removes secrets from an input before it is kept.</summary>
internal static class Redaction
{
    /// <summary>The names of secret members, with any prefix or suffix: <c>access_token</c>, <c>clientSecret</c>.</summary>
    private static readonly string[] SecretPart =
    [
        "clientState",
        "token",
        "secret",
        "password",
        "authorization",
        "credential",
        "assertion",
        "cookie",
        "connectionString",
        "jwt",
    ];

    private static readonly string[] Secret =
    [
        "code",
        "key_hsm",
        "data_base64",
        "x-functions-key",
        "x-rekey-key",
        "sig",
        "d",
        "dp",
        "dq",
        "p",
        "q",
        "qi",
        "k",
    ];

    private const string Removed = "(removed)";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Gives the input with secret members blanked. Null when its content is uncertain: it is no JSON object or array, has a
    /// member twice or a string that is no text, or is longer than <paramref name="limit"/>. A string that holds JSON or a token is
    /// removed whole.</summary>
    public static string? Clean(JsonElement value, int limit)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || value.GetRawText().Length > limit)
        {
            return null;
        }

        try
        {
            var node = JsonNode.Parse(value.GetRawText(), nodeOptions: null, Strict)!;
            Blank(node);
            return node.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter where a string or the name of a member is no text.
            return null;
        }
    }

    private static void Blank(JsonNode node)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (IsHidden(array[i]))
                {
                    array[i] = Removed;
                }
                else if (array[i] is { } item)
                {
                    Blank(item);
                }
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToList())
            {
                if (HoldsToken(name))
                {
                    members.Remove(name);
                }
                else if (IsSecret(name) || IsHidden(member))
                {
                    members[name] = Removed;
                }
                else if (member is not null)
                {
                    Blank(member);
                }
            }
        }
    }

    private static bool IsSecret(string name) =>
        Secret.Contains(name, StringComparer.OrdinalIgnoreCase)
        || SecretPart.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>Tells whether a string holds JSON, which may hide secrets, or a token.</summary>
    private static bool IsHidden(JsonNode? node) =>
        node is JsonValue value
        && value.TryGetValue<string>(out var text)
        && (text.AsSpan().TrimStart() is ['{' or '[' or '"', ..] || HoldsToken(text));

    /// <summary>A JWS or JWE in compact form begins with base64url of <c>{"</c> (RFC 7515 §7.1). Removing a harmless string is better
    /// than keeping a token.</summary>
    private static bool HoldsToken(string text) => text.Contains("eyJ", StringComparison.Ordinal);
}
