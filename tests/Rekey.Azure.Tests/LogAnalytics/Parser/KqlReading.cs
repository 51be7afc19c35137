namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <summary>What Microsoft's parser makes of a query.</summary>
/// <param name="Columns">Of the result, each <c>name:type</c>.</param>
/// <param name="Used">Every operator, function, parameter, literal and kind of syntax.</param>
internal sealed record KqlReading(IReadOnlyList<string> Diagnostics, IReadOnlyList<string> Columns, IReadOnlyList<KqlUse> Used);
