using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Ledgers.Forks;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Blocking.Publishing;

/// <summary>
/// Writes the blocklist as bytes: the document that the ledger's hash covers, and the payload that is signed for gateways.
/// </summary>
public static class BlockDocuments
{
    /// <summary>Name of the signed list among the published documents.</summary>
    public const string Name = "blocklist.jwt";

    /// <summary><c>typ</c> of the signed list (RFC 8725 §3.11: explicit typing).</summary>
    public const string Type = "rekey-blocklist+jwt";

    /// <summary>The longest list. A hundred thousand entries take about 12 MB.</summary>
    public const int MaxBytes = 48 * 1024 * 1024;

    /// <summary>The signed list as a document.</summary>
    public static readonly DocumentKind Kind = new(Name, "application/jwt", (MaxBytes / 3 * 4) + (64 * 1024));

    /// <summary>The folder of lists' documents.</summary>
    internal const string Folder = "lists/";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The file name of the list's document: two writers of the same number do not overwrite each other.</summary>
    public static string FileOf(BlockFact list) =>
        string.Create(CultureInfo.InvariantCulture, $"{Folder}{list.Number:D12}-{list.Sha256}.json");

    /// <summary>The number of the list in a file name; null for any other.</summary>
    internal static long? NumberOf(string file) =>
        file.Length > Folder.Length + 12
        && long.TryParse(file.AsSpan(Folder.Length, 12), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The list's document. The same list has the same bytes.</summary>
    public static byte[] Bytes(Blocklist list) =>
        JsonSerializer.SerializeToUtf8Bytes(new ListForm(list.Number, Group(list.Entries)), Options);

    /// <exception cref="JsonException">It is no list.</exception>
    public static Blocklist ReadList(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<ListForm>(bytes, Options) is { } form
            ? new(form.Number, Ungroup(form.Blocks))
            : throw new JsonException("The list is null.");

    /// <summary>The payload that is signed.</summary>
    public static byte[] Bytes(PublishedBlocks published) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new PublishedForm(
                published.Environment,
                published.MadeAt,
                published.ValidUntil,
                published.List.Number,
                Group(published.List.Entries),
                published.Lines,
                published.AcceptedNumber
            ),
            Options
        );

    /// <exception cref="JsonException">It is no list.</exception>
    public static PublishedBlocks ReadPublished(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<PublishedForm>(bytes, Options) is { } form
            ? new(form.Environment, form.MadeAt, form.ValidUntil, new(form.Number, Ungroup(form.Blocks)))
            {
                Lines = form.Lines,
                AcceptedNumber = form.AcceptedNumber,
            }
            : throw new JsonException("The list is null.");

    /// <summary>Opens a signed list.</summary>
    /// <param name="pinned">The key that alone may have signed it.</param>
    /// <exception cref="CannotContinueException">It is no list that this key has signed for this environment.</exception>
    public static PublishedBlocks Open(ReadOnlySpan<byte> document, PublicJwk pinned, string algorithm, string environment)
    {
        var payload = SignedDocument.Open(document, Type, pinned, algorithm);
        try
        {
            return ReadPublished(payload) is var published && published.Environment == environment
                ? published
                : throw SignedDocument.Refused("it is another environment's");
        }
        catch (JsonException e)
        {
            throw SignedDocument.Refused($"it cannot be read: {e.Message}");
        }
    }

    /// <summary>An entry in the form that approvers decide on.</summary>
    public static byte[] Bytes(BlockEntry entry) => JsonSerializer.SerializeToUtf8Bytes(Group([entry]).Single(), Options);

    /// <exception cref="JsonException">It is no entry.</exception>
    public static BlockEntry ReadEntry(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<Block>(bytes, Options) is { Tokens.Count: 1 } form
            ? Entries(form).Single()
            : throw new JsonException("It is not one entry.");

    /// <summary>Writes values that many entries share only once: that halves the list.</summary>
    private static IReadOnlyList<Block> Group(IEnumerable<BlockEntry> entries) =>
        [
            .. entries
                .OrderBy(e => e.Id, StringComparer.Ordinal)
                .GroupBy(e => (e.Kind, e.Issuer, e.Kid, e.Reason, e.IssuedBefore))
                .Select(g => new Block(
                    g.Key.Kind,
                    g.Key.Issuer,
                    g.Key.Reason,
                    [.. g.Select(e => new Named(e.Value, e.ExpiresAt.ToUnixTimeSeconds(), e.FindingId))],
                    g.Key.Kid,
                    g.Key.IssuedBefore
                )),
        ];

    private static IEnumerable<BlockEntry> Entries(Block block) =>
        block.Tokens.Select(t => new BlockEntry(
            block.Kind,
            block.Issuer,
            t.Value,
            block.IssuedBefore,
            Time(t.ExpiresAt),
            block.Reason,
            t.FindingId
        )
        {
            Kid = block.Kid,
        });

    private static DateTimeOffset Time(long seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new JsonException($"{seconds} is no time.");

    private static IReadOnlyList<BlockEntry> Ungroup(IEnumerable<Block> blocks) => [.. blocks.SelectMany(Entries)];

    private sealed record ListForm(long Number, IReadOnlyList<Block> Blocks);

    private sealed record PublishedForm(
        string Environment,
        DateTimeOffset MadeAt,
        DateTimeOffset ValidUntil,
        long Number,
        IReadOnlyList<Block> Blocks,
        LineHashes Lines,
        long AcceptedNumber
    );

    private sealed record Block(
        BlockKind Kind,
        string Issuer,
        string Reason,
        IReadOnlyList<Named> Tokens,
        string? Kid = null,
        DateTimeOffset? IssuedBefore = null
    );

    /// <param name="ExpiresAt">NumericDate, whole seconds.</param>
    private sealed record Named(
        [property: JsonPropertyName("v")] string Value,
        [property: JsonPropertyName("x")] long ExpiresAt,
        [property: JsonPropertyName("f")] string? FindingId = null
    );
}
