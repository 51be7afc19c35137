using Rekey.VaultAccess.Rights;

namespace Rekey.Cli.VaultAccess;

/// <summary>One line of the table.</summary>
/// <param name="IsDeclared">Null where there is no declaration, or none could say.</param>
internal sealed record AccessRow(EffectiveAccess Access, bool? IsDeclared);
