namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>A change, and the findings that it calls for once all changes are made.</summary>
public delegate Func<Actual, IEnumerable<string>> Change(ProdVault vault, Random dice);
