/** What the node of a grammar is to data flow. Node types of all typed languages stand in the same tables: hardly one means two things. */

export type ExpressionRole =
  | 'text'
  | 'number'
  | 'truth'
  | 'nothing'
  | 'name'
  | 'member'
  | 'bound member'
  | 'element'
  | 'call'
  | 'creation'
  | 'composite'
  | 'list'
  | 'array'
  | 'assign'
  | 'choice'
  | 'arms'
  | 'binary'
  | 'unary'
  | 'cast'
  | 'through'
  | 'conditional access'
  | 'is'
  | 'function';

export type StatementRole =
  | 'block'
  | 'declare'
  | 'several'
  | 'assign'
  | 'import'
  | 'function'
  | 'class'
  | 'if'
  | 'loop'
  | 'return'
  | 'leave'
  | 'nothing';

function table<Role extends string>(rows: Readonly<Record<Role, string>>): ReadonlyMap<string, Role> {
  const map = new Map<string, Role>();
  for (const role in rows) for (const type of rows[role].split(' ')) if (type !== '') map.set(type, role);
  return map;
}

export const EXPRESSION_ROLES = table<ExpressionRole>({
  text: 'interpreted_string_literal raw_string_literal string_literal verbatim_string_literal rune_literal character_literal interpolated_string_expression',
  number:
    'int_literal float_literal integer_literal real_literal decimal_integer_literal hex_integer_literal octal_integer_literal binary_integer_literal decimal_floating_point_literal',
  truth: 'true false boolean_literal',
  nothing: 'nil null_literal default_expression',
  name: 'identifier this field_identifier type_identifier package_identifier generic_name predefined_type implicit_type generic_type scoped_type_identifier qualified_name scoped_identifier integral_type',
  member: 'selector_expression field_access member_access_expression qualified_type',
  'bound member': 'member_binding_expression element_binding_expression',
  element: 'index_expression array_access element_access_expression',
  call: 'call_expression invocation_expression method_invocation explicit_constructor_invocation',
  creation: 'object_creation_expression implicit_object_creation_expression',
  composite: 'composite_literal',
  list: 'array_initializer implicit_array_creation_expression initializer_expression collection_expression tuple_expression literal_value',
  array: 'array_creation_expression',
  assign: 'assignment_expression',
  choice: 'ternary_expression conditional_expression',
  arms: 'switch_expression',
  binary: 'binary_expression',
  unary: 'unary_expression prefix_unary_expression',
  cast: 'cast_expression type_conversion_expression type_assertion_expression as_expression',
  through:
    'parenthesized_expression await_expression slice_expression variadic_argument literal_element argument postfix_unary_expression checked_expression ref_expression expression_list expression_statement',
  'conditional access': 'conditional_access_expression',
  is: 'instanceof_expression is_pattern_expression is_expression',
  function: 'lambda_expression func_literal anonymous_method_expression',
});

export const STATEMENT_ROLES = table<StatementRole>({
  block:
    'program compilation_unit source_file block statement_list constructor_body labeled_statement try_statement try_with_resources_statement resource_specification catch_clause finally_clause synchronized_statement lock_statement using_statement ' +
    'switch_block switch_block_statement_group switch_rule switch_body switch_section switch_statement expression_case type_case default_case communication_case select_statement expression_switch_statement type_switch_statement ' +
    'global_statement namespace_declaration file_scoped_namespace_declaration declaration_list class_body enum_body_declarations unsafe_statement checked_statement fixed_statement static_initializer ERROR go_statement defer_statement accessor_list accessor_declaration',
  declare: 'local_variable_declaration field_declaration variable_declaration resource const_spec var_spec property_declaration',
  several: 'local_declaration_statement const_declaration var_declaration var_spec_list import_declaration import_spec_list',
  assign: 'short_var_declaration assignment_statement',
  import: 'import_spec',
  function: 'method_declaration function_declaration constructor_declaration local_function_statement compact_constructor_declaration',
  class: 'class_declaration record_declaration struct_declaration enum_declaration record_struct_declaration',
  if: 'if_statement',
  loop: 'enhanced_for_statement foreach_statement for_statement while_statement do_statement',
  return: 'return_statement yield_statement arrow_expression_clause',
  leave: 'throw_statement throw_expression break_statement continue_statement goto_statement',
  nothing:
    'package_clause package_declaration using_directive type_declaration modifiers modifier attribute_list base_list catch_formal_parameter catch_declaration switch_label constant_pattern superclass super_interfaces type_parameters annotation_type_declaration delegate_declaration interface_declaration',
});

/** The same part of a node under the names that the grammars give it. */
export const FIELD = {
  object: ['object', 'operand', 'expression', 'array', 'package'],
  property: ['field', 'name'],
  callee: ['function', 'constructor'],
  index: ['index', 'subscript'],
  left: ['left', 'name', 'alias'],
  right: ['right', 'value'],
  inner: ['value', 'operand', 'left', 'expression'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
