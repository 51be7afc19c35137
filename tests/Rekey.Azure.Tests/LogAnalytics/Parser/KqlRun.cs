namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <summary>What a query made of a case's rows.</summary>
internal sealed record KqlRun(IReadOnlyList<string> Missing, IReadOnlyList<string> Surplus);
