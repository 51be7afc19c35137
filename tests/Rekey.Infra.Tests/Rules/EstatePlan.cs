namespace Rekey.Infra.Tests.Rules;

/// <summary>What an environment was asked to be: what must hold depends on it.</summary>
/// <param name="Zones">Who makes DNS zones: <c>own</c> the deployment, <c>existing</c> others, <c>none</c> a policy registers endpoints.</param>
internal sealed record EstatePlan(bool Production, bool Rbac, string Zones = "own");
