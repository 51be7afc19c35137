using System.Text.Json;

namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <summary>What a query made of the rows of a workspace.</summary>
internal sealed record KqlAnswer(IReadOnlyList<JsonElement> Columns, IReadOnlyList<JsonElement[]> Rows);
