namespace Rekey.Local.KeyVault.Keys;

/// <summary>Where a key is between being usable and being gone.</summary>
internal enum KeyState
{
    Active,

    /// <summary>Deletion was accepted and is not finished.</summary>
    Deleting,
    Deleted,

    /// <summary>Recovery was accepted and is not finished.</summary>
    Recovering,
}
