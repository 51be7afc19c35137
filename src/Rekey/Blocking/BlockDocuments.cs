using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// The blocklist as bytes. One form serves the table, the ledger's hash and the signed documents, so that each can vouch for the others.
/// </summary>
public static class BlockDocuments
{
    /// <summary>Name of the newest changes among the documents.</summary>
    public const string ChangesName = "blocklist.json";

    /// <summary>Name of the list that they start from.</summary>
    public const string BaseName = "blocklist-base.json";

    /// <summary><c>typ</c> of the signed head (RFC 8725 §3.11: explicit typing).</summary>
    public const string HeadType = "rekey-blocklist-head+jwt";

    /// <summary>The newest changes as a document.</summary>
    /// <remarks>A thousand entries take about 100 KiB, and an hour's changes stay.</remarks>
    public static readonly DocumentKind Changes = new(ChangesName, "application/json", 64 * 1024 * 1024);

    /// <summary>The base as a document.</summary>
    /// <remarks>A million entries take about 130 MiB.</remarks>
    public static readonly DocumentKind Base = new(BaseName, "application/json", 256 * 1024 * 1024);

    /// <summary><c>typ</c> of a signed change (RFC 8725 §3.11: explicit typing).</summary>
    public const string ChangeType = "rekey-blocklist-change+jwt";

    /// <summary><c>typ</c> of a signed part of the base.</summary>
    public const string BaseType = "rekey-blocklist+jwt";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>SHA-256 of a change's or a part's bytes, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static byte[] Bytes(BlockChange change) =>
        JsonSerializer.SerializeToUtf8Bytes(new ChangeForm(change.Environment, change.Number, change.Previous, change.At, Group(change.Add), change.Remove), Options);

    public static byte[] Bytes(BlockBase part) =>
        JsonSerializer.SerializeToUtf8Bytes(new BaseForm(part.Environment, part.Number, part.Chain, part.At, part.Part, part.Parts, Group(part.Entries)), Options);

    public static byte[] Bytes(BlockHead head) => JsonSerializer.SerializeToUtf8Bytes(head, Options);

    /// <exception cref="JsonException">It is no head.</exception>
    public static BlockHead ReadHead(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<BlockHead>(bytes, Options) ?? throw new JsonException("The head is null.");

    /// <exception cref="JsonException">It is no change.</exception>
    public static BlockChange ReadChange(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<ChangeForm>(bytes, Options) is { } form
        ? new(form.Environment, form.Number, form.Previous, form.At, Ungroup(form.Add), form.Remove)
        : throw new JsonException("The change is null.");

    /// <exception cref="JsonException">It is no part of a base.</exception>
    public static BlockBase ReadBase(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<BaseForm>(bytes, Options) is { } form
        ? new(form.Environment, form.Number, form.Chain, form.At, form.Part, form.Parts, Ungroup(form.Entries))
        : throw new JsonException("The base is null.");

    /// <summary>What many entries share is written once: that halves the list.</summary>
    private static IReadOnlyList<Block> Group(IEnumerable<BlockEntry> entries) =>
        [.. entries.GroupBy(e => (e.Kind, e.Issuer, e.Kid, e.Reason, e.IssuedBefore)).Select(g => new Block(
            g.Key.Kind, g.Key.Issuer, g.Key.Reason, [.. g.Select(e => new Named(e.Value, e.ExpiresAt.ToUnixTimeSeconds(), e.FindingId))], g.Key.Kid, g.Key.IssuedBefore))];

    private static IReadOnlyList<BlockEntry> Ungroup(IEnumerable<Block> blocks) => [.. blocks.SelectMany(b => b.Tokens.Select(t =>
        new BlockEntry(b.Kind, b.Issuer, t.Value, b.IssuedBefore, DateTimeOffset.FromUnixTimeSeconds(t.ExpiresAt), b.Reason, t.FindingId) { Kid = b.Kid }))];

    private sealed record ChangeForm(string Environment, long Number, string Previous, DateTimeOffset At, IReadOnlyList<Block> Add, IReadOnlyList<string> Remove);

    private sealed record BaseForm(string Environment, long Number, string Chain, DateTimeOffset At, int Part, int Parts, IReadOnlyList<Block> Entries);

    private sealed record Block(BlockKind Kind, string Issuer, string Reason, IReadOnlyList<Named> Tokens, string? Kid = null, DateTimeOffset? IssuedBefore = null);

    /// <param name="ExpiresAt">NumericDate, whole seconds.</param>
    private sealed record Named([property: JsonPropertyName("v")] string Value, [property: JsonPropertyName("x")] long ExpiresAt, [property: JsonPropertyName("f")] string? FindingId = null);
}
