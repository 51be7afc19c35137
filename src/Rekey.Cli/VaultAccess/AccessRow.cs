using Rekey.VaultAccess.Rights;

namespace Rekey.Cli.VaultAccess;

/// <summary>One row of the access table.</summary>
/// <param name="IsDeclared">Null without a declaration, or if it cannot be decided.</param>
internal sealed record AccessRow(EffectiveAccess Access, bool? IsDeclared);
