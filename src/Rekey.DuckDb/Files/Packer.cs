namespace Rekey.DuckDb.Files;

/// <summary>What a file is packed with.</summary>
internal enum Packer
{
    None,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 8878.</summary>
    Zstd,
}
