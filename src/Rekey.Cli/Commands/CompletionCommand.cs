using System.CommandLine;

namespace Rekey.Cli.Commands;

/// <summary>The command <c>rekey completion</c>: the script that lets a shell complete commands, options and formats.</summary>
internal static class CompletionCommand
{
    public const string Name = "completion";

    public const string Examples = """
        Examples:
          rekey completion bash >> ~/.bashrc
          rekey completion zsh >> ~/.zshrc
          rekey completion pwsh >> $PROFILE

        Exit codes: 0 the script was written, 1 the command line is wrong.
        """;

    private const string Bash = """
        _rekey_complete() {
          local IFS=$'\n'
          local words
          words="$(rekey "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
          COMPREPLY=($(compgen -W "${words}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _rekey_complete rekey
        """;

    private const string Zsh = """
        _rekey_complete() {
          local words
          words=("${(@f)$(rekey "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a words
          _files
        }
        compdef _rekey_complete rekey
        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName rekey -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            rekey "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["pwsh"] = Pwsh,
    };

    public static Command Make()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or pwsh." };
        shell.CompletionSources.Add(_ => Scripts.Keys.Select(n => new System.CommandLine.Completions.CompletionItem(n)));
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Scripts.ContainsKey(token.Value))
            {
                result.AddError($"'{token.Value}' is not a shell that rekey knows. Choose one of: {string.Join(", ", Scripts.Keys)}.");
            }
        });
        var command = new Command(Name, "Writes the script that completes commands and options in your shell.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(Scripts[parsed.GetValue(shell)!].ReplaceLineEndings("\n"));
            return Outcome.Clean;
        });
        return command;
    }
}
