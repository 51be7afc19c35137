using System.Text.Json;
using Rekey.Trust.Jose;

namespace Rekey.Departures.SecurityEvents;

/// <summary>A security event token (RFC 8417), parsed. Nothing of it counts before its signature is verified.</summary>
public sealed class SecurityEventToken
{
    /// <summary>The longest token, in characters. Real ones have about a thousand.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private SecurityEventToken(JsonElement header, JsonElement claims, byte[] input, byte[] signature)
    {
        Algorithm = Text(header, "alg");
        Kid = Text(header, "kid");
        Issuer = Text(claims, "iss");
        Claims = claims;
        SigningInput = input;
        Signature = signature;
    }

    public string Algorithm { get; }

    public string Kid { get; }

    public string Issuer { get; }

    public JsonElement Claims { get; }

    public ReadOnlyMemory<byte> SigningInput { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <exception cref="SecurityEventRefusedException">It is no security event token.</exception>
    public static SecurityEventToken Parse(string text)
    {
        if (text.Length > MaxLength || !CompactJws.TrySplit(text, out var jws))
        {
            throw Malformed("it is not a compact JWS");
        }

        try
        {
            var header = Object(StrictBase64Url.Decode(jws.Header));
            if (
                !string.Equals(Text(header, "typ"), "secevent+jwt", StringComparison.OrdinalIgnoreCase)
                || header.TryGetProperty("crit", out _)
            )
            {
                throw Malformed("its typ is not secevent+jwt, or it has critical members");
            }

            return new(header, Object(StrictBase64Url.Decode(jws.Payload)), jws.SigningInputBytes(), StrictBase64Url.Decode(jws.Signature));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw Malformed("a part of it cannot be decoded");
        }
    }

    /// <summary>The event's type and content, when there is exactly one.</summary>
    /// <exception cref="SecurityEventRefusedException">There is none, or several.</exception>
    public (string Type, JsonElement Content) Event()
    {
        if (!Claims.TryGetProperty("events", out var events) || events.ValueKind is not JsonValueKind.Object)
        {
            throw Malformed("it has no events");
        }

        var all = events.EnumerateObject().ToList();
        return all is [{ Value.ValueKind: JsonValueKind.Object } only]
            ? (only.Name, only.Value)
            : throw Malformed("it must have exactly one event, an object");
    }

    /// <summary>A member that is a text; empty when it is not.</summary>
    public static string Text(JsonElement element, string name)
    {
        try
        {
            return
                element.ValueKind is JsonValueKind.Object
                && element.TryGetProperty(name, out var value)
                && value.ValueKind is JsonValueKind.String
                ? value.GetString()!
                : "";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is valid JSON and no text.
            return "";
        }
    }

    internal static SecurityEventRefusedException Malformed(string why) =>
        new(SecurityEventRefusedException.InvalidRequest, $"This is not an acceptable security event token: {why}.");

    private static JsonElement Object(byte[] json)
    {
        using var document = JsonDocument.Parse(json, Strict);
        return document.RootElement.ValueKind is JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new FormatException("It is not an object.");
    }
}
