"""The house: what import contracts can't see, kept by reading the code."""

import ast
import re
import statistics

import pytest

import house

REVEALERS = {
    "gate/prepare.py": "normalises a draft's values on their way to being sealed",
    "gate/requests.py": "seals the payload of a privacy request",
    "gate/search.py": "makes the fingerprint that an exact search looks for",
    "gate/desk/verifying.py": "compares what a caller said with the order, inside",
}
"""Who may take a personal value out of its wrapping, and why. All of them stand at the vault's
door; what leaves the vault never is `Personal`: it leaves in a form, through gate/compose."""

TOGETHER = "gate/statement.py"

OTHERS_TABLES = {
    TOGETHER: ({"vault", "partners", "ledger"}, "records, checks and hands out in one round trip"),
    "gate/inserting.py": (
        {"vault", "ledger", "outbox", "keyring"},
        "a batch's rows, acts and events in one round trip, if its epoch still stands",
    ),
    "gate/single.py": (
        {"vault", "ledger", "outbox", "keyring"},
        "one new order's rows, act and event in one statement, if its epoch still stands",
    ),
    "gate/erase.py": ({"vault", "ledger"}, "lists whom the erased order was disclosed to"),
    "gate/law.py": ({"ledger"}, "reads the revision that every decision is made under"),
    "gate/refusals.py": (
        {"vault", "partners"},
        "says afterwards why the statement found no row: it hands nothing out",
    ),
    "gate/desk/correcting.py": (
        {"vault", "ledger"},
        "asks whether an address was corrected since an attempt: the acts say when",
    ),
    "gate/desk/listing.py": (
        {"vault", "partners"},
        "lists the ids of orders, of a centre's only those assigned to it; opens nothing",
    ),
    "gate/floor.py": (
        {"vault", "partners"},
        "lists a warehouse's own parcels that wait, and how they fare; opens nothing",
    ),
    "gate/waybills.py": (
        {"vault", "partners"},
        "finds a courier's own parcels by their waybill numbers; opens nothing",
    ),
    "gate/booked.py": (
        {"vault", "partners"},
        "lists a courier's own packed parcels that bear no waybill; opens nothing",
    ),
    "gate/desk/attempts.py": (
        {"vault", "partners"},
        "lists undelivered parcels, of a centre's only those assigned to it; opens nothing",
    ),
    "api/health.py": ({"ledger"}, "counts the entries that wait; reads none"),
    "scams/evidence.py": ({"ledger"}, "reads a log's name, to check its proofs"),
}
"""Who may name tables outside its own folder, which folders' (its own counted), and why."""

HOPS_WITH_TABLES = {
    "calls": "how often a provider asked of a call, and a caller a PIN: keyed digests and counts",
    "retention": "what partners must delete, by when, and that they did: ids, codes and times",
    "courier": "what is booked with which carrier, and how far that is: ids, codes and times",
    "printing": "what was asked to be printed, and how each sheet ended: ids, states and counts",
}
"""Which folders of `hops/` have tables of their own, and what is in them."""

LOGGERS = {
    "api/problems.py": "a fault's type and place",
    "cli/schedules.py": "how many rows of which kind were swept",
    "cli/worker.py": "which process lost its database",
    "incidents/telling.py": "a fault's type and place, where an alert was to be told",
    "incidents/watching.py": "a fault's type and place, where a brand was looked at",
    "keyring/providers/file.py": "the warning that keys lie in a file",
    "ledger/sequencer.py": "that the sequencer was interrupted",
    "web/answering.py": "a fault's type",
    "reviews/calendar.py": "a fault's type and place, where a review was due",
    "web/errors.py": "a fault's type and place",
}
"""Who may log, and what. An argument is a name of ours or a type, never a value of a request."""

COROUTINES = {
    "hops/mail/listening.py": "aiosmtpd's hooks are coroutines; their work runs in threads",
    "web/collecting.py": "waits for senders and readers, so that no thread has to",
    "cli/schedules.py": "procrastinate's worker is asynchronous; it runs in a process of its own",
}
"""Where functions have the second colour, and why. Everything else is synchronous."""

SAFE_TO_LOG = {
    "type(error).__name__",
    "place",
    "req.uri_template",
    "name",
    "count",
    "path",
    "folder",
    "url",
}

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_MEDIAN = 120


def test_reveal_is_rationed():
    """`.reveal()` is called in these files only; a file that stops calling it leaves the list."""
    callers = {
        name
        for name, call in house.nodes(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "reveal"
    }
    assert callers == REVEALERS.keys()


def test_nothing_reaches_around_reveal():
    """Nobody but `Personal` itself names the attribute that holds its value."""
    around = {
        name
        for name, node in house.nodes(ast.Attribute)
        if node.attr == "_value" and name != "core/personal.py"
    }
    around |= {
        name for name, (_, tree) in house.written().items() if "_Personal__" in ast.dump(tree)
    }
    assert around == set()


def test_one_file_names_vault_partners_and_ledger_together():
    """The statement, and nothing else, could read what is sealed and who may have it at once."""
    together = {
        name
        for name, (_, tree) in house.written().items()
        if house.prefixes_named(tree) >= {"vault", "partners", "ledger"}
    }
    assert together == {TOGETHER}


def owned_by(name):
    """Whose tables a file may name without a word: its folder's; of a hop, the hop's own."""
    folder, _, rest = name.partition("/")
    return rest.split("/")[0] if folder == "hops" else folder


def test_a_folder_names_its_own_tables():
    """Any other table is named by a listed file for a listed reason; `vault_` by the gate only."""
    found = {}
    for name, (_, tree) in house.written().items():
        folder = owned_by(name)
        prefixes = house.prefixes_named(tree)
        if prefixes - {"vault" if folder == "gate" else folder}:
            found[name] = prefixes
    assert found == {name: prefixes for name, (prefixes, _) in OTHERS_TABLES.items()}
    outside = {name for name, prefixes in found.items() if "vault" in prefixes}
    assert {name.split("/")[0] for name in outside} == {"gate"}


@pytest.mark.parametrize("folder", ["cli", "web", "hops", "core", "trust", "watch", "incidents"])
def test_these_folders_name_no_table_at_all(folder):
    """What faces people or partners asks the layers below; a hop's SQL is on its own tables."""
    named = {
        name: tables
        for name, (_, tree) in house.written().items()
        if name.split("/")[0] == folder and (tables := house.tables_named(tree))
    }
    own = {table for table in house.tables() if table.split("_")[0] in HOPS_WITH_TABLES}
    assert {name: tables - own for name, tables in named.items() if tables - own} == {}


def test_the_tables_are_found():
    """The rules above look for real names: the migrations make these, among others."""
    some = {"vault_order", "vault_dek", "partners_assignment", "partners_brand", "ledger_record"}
    assert some <= house.tables()
    assert {table.split("_")[0] for table in house.tables()} >= {"policy", "outbox", "keyring"}


def test_no_model_is_fetched_by_name():
    """`apps.get_model` is an import that no contract sees: migrations alone may use it."""
    users = {name for name, node in house.nodes(ast.Attribute) if node.attr == "get_model"}
    users |= {name for name, node in house.nodes(ast.Name) if node.id == "get_model"}
    users |= {name for name, node in house.nodes(ast.alias) if node.name == "get_model"}
    assert users == set()


def task_names():
    """Every procrastinate task's name, with the module that defines it."""
    found = {}
    for name, function in house.nodes(ast.FunctionDef):
        for mark in function.decorator_list:
            target = mark.func if isinstance(mark, ast.Call) else mark
            if not (isinstance(target, ast.Attribute) and target.attr in {"task", "periodic"}):
                continue
            dotted = "orderveil." + name.removesuffix(".py").replace("/", ".")
            found[f"{dotted}.{function.name}"] = name
            for keyword in mark.keywords if isinstance(mark, ast.Call) else ():
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    found[keyword.value.value] = name
    return found


def test_no_task_is_called_by_a_string():
    """A task is deferred through its function: its name appears where it is defined, or nowhere."""
    tasks = task_names()
    by_name = {
        name
        for name, call in house.nodes(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"configure_task", "defer_task"}
    }
    by_name |= {
        name
        for name, (_, tree) in house.written().items()
        for text in house.strings(tree)
        if text in tasks and tasks[text] != name
    }
    assert by_name == set()


def test_nothing_is_imported_by_a_string():
    """`import_module` is an import that no contract sees: one outside library is loaded late."""
    users = {
        name
        for name, call in house.nodes(ast.Call)
        if ast.unparse(call.func).split(".")[-1] in {"import_module", "__import__", "import_string"}
        and ast.unparse(call) != "importlib.import_module('phonenumbers')"
    }
    assert users == set()


def test_files_stay_short():
    """No file is over 400 lines, of the tests neither; half of the package's are at most 120."""
    lines = {name: len(text.splitlines()) for name, (text, _) in house.modules().items()}
    tests = {name: len(text.splitlines()) for name, text in house.tests().items()}
    every = lines | tests
    assert {name: count for name, count in every.items() if count > LONGEST_FILE} == {}
    assert "tests/test_house.py" in tests
    assert statistics.median(lines.values()) <= LONGEST_MEDIAN


def test_functions_stay_short():
    """No function is over 60 lines."""
    long = {
        f"{name}: {node.name}": length
        for name, node in house.nodes(ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for():
    """Every module opens with a docstring."""
    silent = [name for name, (_, tree) in house.written().items() if not ast.get_docstring(tree)]
    assert silent == []


def test_everything_public_says_what_it_is():
    """Every public function, class and method has a docstring; Django's app classes say nothing."""
    silent = [
        f"{name}: {dotted}"
        for name, (_, tree) in house.written().items()
        for dotted, node in house.public_definitions(tree)
        if not ast.get_docstring(node) and not name.endswith("/apps.py")
    ]
    assert silent == []


def test_few_files_log():
    """Logging is imported in these files only."""
    users = {
        name for name, (_, tree) in house.written().items() if "logging" in set(house.imports(tree))
    }
    assert users == LOGGERS.keys()


def test_a_log_line_holds_no_value_of_a_request():
    """Its text is fixed, without f-strings or `%`, and its arguments are names of our own."""
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    bad = []
    for name, call in house.nodes(ast.Call):
        if name not in LOGGERS or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in levels or ast.unparse(call.func.value) not in {"_log", "logger"}:
            continue
        text, *arguments = call.args
        fixed = isinstance(text, ast.Constant)
        if not fixed or {ast.unparse(one) for one in arguments} - SAFE_TO_LOG:
            bad.append(f"{name}: {ast.unparse(call)}")
    assert bad == []


def test_coroutines_stay_where_they_are():
    """`async` and `await` are in these files only."""
    kinds = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
    assert {name for name, _ in house.nodes(kinds)} == COROUTINES.keys()


def test_nothing_is_printed_but_by_the_command_line():
    """A forgotten `print` could print anything."""
    users = {name for name, node in house.nodes(ast.Call) if ast.unparse(node.func) == "print"}
    assert {name.split("/")[0] for name in users} <= {"cli"}


def test_cryptography_is_used_by_three_folders():
    """Ciphers are in core, in the keyring and in the ledger, and nowhere else."""
    users = {
        name.split("/")[0]
        for name, (_, tree) in house.written().items()
        if any(module.split(".")[0] == "cryptography" for module in house.imports(tree))
    }
    assert users <= {"core", "keyring", "ledger"}
    assert "core" in users


def test_the_vault_is_imported_by_the_gate_only():
    """Today the vault holds its migrations and nothing to import; the day it does, this holds."""
    users = {
        name.split("/")[0]
        for name, (_, tree) in house.written().items()
        if any(module.startswith("orderveil.vault") for module in house.imports(tree))
    }
    assert users <= {"gate", "vault"}
    inside = {name for name in house.written() if name.startswith("vault/")}
    assert inside == {"vault/__init__.py", "vault/apps.py"}


def test_secrets_are_not_compared_with_equals():
    """What proves who someone is goes through `hmac.compare_digest`."""
    telling = re.compile(r"secret|signature|token|hmac|password|code_hash")
    plain = [
        f"{name}: {ast.unparse(node)}"
        for name, node in house.nodes(ast.Compare)
        if any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        and not any(isinstance(side, ast.Constant) for side in [node.left, *node.comparators])
        and telling.search(ast.unparse(node))
    ]
    assert plain == []


def test_nothing_is_pickled_or_evaluated():
    """No format that runs what it reads."""
    users = {
        name
        for name, (_, tree) in house.written().items()
        if {module.split(".")[0] for module in house.imports(tree)}
        & {"pickle", "marshal", "shelve"}
    }
    users |= {
        name for name, node in house.nodes(ast.Call) if ast.unparse(node.func) in {"eval", "exec"}
    }
    assert users == set()


TMP_IS_MEANT = {
    "src/orderveil/cli/postgres_files.py": "a remedy names the folder that may be mounted noexec",
    "src/orderveil/web/settings.py": "sockets need a short path",
    "tests/database.py": "likewise",
    "tests/cli/test_postgres.py": "the text of a stale pid file",
}
HOSTS = ["pypi", "pythonhosted", "npmjs", "crates.io", "docker.io", "ghcr.io", "quay.io", "gcr.io"]


def holding(pattern):
    """The tracked files whose text holds the pattern."""
    looked_for = re.compile(pattern)
    return {name for name, text in house.tracked().items() if looked_for.search(text)}


def test_no_tracked_file_names_a_path_of_one_machine():
    """Only these name the folder for temporary files, and none anyone's own folders."""
    here = "tests/test_house.py"
    assert holding(r"(?<![\w.}])/(work|root|home)/") - {here} == set()
    assert holding(r"(?<![\w.}])/tmp\b") - {here} <= TMP_IS_MEANT.keys()


def test_no_tracked_file_names_a_registry():
    """Where packages come from is the business of whoever installs them."""
    named = holding("|".join(re.escape(host) for host in [*HOSTS, "index-url"]))
    assert named - {"tests/test_house.py"} == set()


def test_nothing_is_left_to_do_in_the_code():
    """Work that is left stands where work is planned."""
    assert holding(r"\b(TO" + r"DO|FIX" + r"ME)\b") == set()
