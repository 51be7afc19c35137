using System.CommandLine;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>Options that keep their text, so that the help shows a default as people type it (<c>1h</c>, not <c>01:00:00</c>).</summary>
internal static class Typed
{
    /// <param name="isValid">Whether a text can be read.</param>
    /// <param name="expected">The end of the sentence "'x' is not ...".</param>
    public static Option<string> Option(
        string name,
        string description,
        string helpName,
        string usual,
        Func<string, bool> isValid,
        string expected
    )
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !isValid(token.Value))
            {
                result.AddError($"'{token.Value}' is not {expected}.");
            }
        });
        return option;
    }
}
