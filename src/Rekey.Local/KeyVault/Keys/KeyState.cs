namespace Rekey.Local.KeyVault.Keys;

/// <summary>The state of a key between usable and gone.</summary>
internal enum KeyState
{
    Active,

    /// <summary>Deletion was accepted and is not finished.</summary>
    Deleting,
    Deleted,

    /// <summary>Recovery was accepted and is not finished.</summary>
    Recovering,
}
