using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Rekey.Blocking;
using Rekey.Tests.Doubles;
using Rekey.Trust;

namespace Rekey.Tests.Blocking;

/// <summary>What a verifier makes of the published documents: signatures by the pinned key, numbers and chain without a hole.</summary>
internal static class Gateway
{
    private static readonly ConditionalWeakTable<Company, ConcurrentDictionary<(string Jws, string Type), byte[]>> Opened = [];

    public static PublishedChanges Changes(Company company) => PublishedChanges.Parse(company.Container.Current[BlockDocuments.ChangesName])!;

    /// <summary>The whole list, from nothing.</summary>
    public static Blocklist Full(Company company)
    {
        var parts = PublishedBase.Parse(company.Container.Current[BlockDocuments.BaseName])!.Parts.Select(p => BlockDocuments.ReadBase(Open(company, p, BlockDocuments.BaseType))).ToList();
        var list = Blocklist.Of(parts);
        return list.With(Behind(company, list.Number));
    }

    /// <summary>The list of a verifier that had this one, from what changed; the whole list when its cursor is too old.</summary>
    public static Blocklist Follow(Company company, Blocklist had, out bool full)
    {
        var changes = Changes(company);
        full = had.Number < changes.Base || had.Number > changes.Sequence;
        return full ? Full(company) : had.With(Behind(company, had.Number));
    }

    /// <summary>The index of a verifier, from nothing.</summary>
    public static BlockIndex Index(Company company) =>
        BlockIndex.Of(PublishedBase.Parse(company.Container.Current[BlockDocuments.BaseName])!.Parts.Select(p => BlockDocuments.ReadBase(Open(company, p, BlockDocuments.BaseType)))).With(Behind(company, 0));

    public static List<(BlockChange, string)> Behind(Company company, long number) =>
        [.. Changes(company).Changes.Select(c => Open(company, c, BlockDocuments.ChangeType)).Select(b => (BlockDocuments.ReadChange(b), BlockDocuments.Hash(b))).Where(c => c.Item1.Number > number)];

    /// <summary>The entries that count now, as text that can be compared.</summary>
    public static string Text(Blocklist list, DateTimeOffset now) => string.Join('\n', list.At(now).Select(e => e.ToString()).Order(StringComparer.Ordinal));

    /// <summary>A signature that was found good is not checked again: histories are read many times over.</summary>
    private static byte[] Open(Company company, string jws, string type) => Opened.GetOrCreateValue(company).GetOrAdd((jws, type), static (signed, by) =>
        SignedDocument.Open(Encoding.ASCII.GetBytes(signed.Jws), signed.Type, by.Signer.Public, "ES256"), company);
}

/// <summary>Entries as tests want them.</summary>
internal static class Entries
{
    public const string Issuer = "https://login.example";

    public static BlockEntry Jti(Company company, string jti, int minutes = 60, string reason = "unissued", string? kid = "kid-1") =>
        new(BlockKind.Token, Issuer, jti, IssuedBefore: null, BlockRules.WholeSeconds(company.Now.AddMinutes(minutes)), reason, "finding-1") { Kid = kid };
}
