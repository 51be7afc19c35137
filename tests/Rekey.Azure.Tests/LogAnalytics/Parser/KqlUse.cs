namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <param name="Kind">Function, Operator, Parameter, Literal or Syntax.</param>
/// <param name="At">Where in the text.</param>
internal sealed record KqlUse(string Kind, string Name, int At);
